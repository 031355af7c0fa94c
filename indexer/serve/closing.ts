import { ProblemError } from "./problems.ts";
import type { App } from "./state.ts";

const LONGEST_SHUTDOWN = 10_000;
const CLOSED_EVERY = 20;

/** Lets requests under way end when the server closes, for at most 10 seconds; those that still come are refused. */
export function closeGently(app: App): void {
  let closing: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  app.addHook("onRequest", (_request, _reply, done) => {
    done(closing && new ProblemError(503, "The indexer is being stopped."));
  });
  app.addHook("preClose", async () => {
    // Connections under way become idle after the server has closed the idle ones.
    closing = setInterval(() => app.server.closeIdleConnections(), CLOSED_EVERY);
    deadline = setTimeout(() => app.server.closeAllConnections(), LONGEST_SHUTDOWN);
  });
  app.addHook("onClose", async () => {
    clearInterval(closing);
    clearTimeout(deadline);
  });
}
