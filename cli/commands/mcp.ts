import type { Command, Invocation } from "../command.ts";
import type { AnyTool } from "../mcp/tool.ts";
import { eth, parseEth } from "../money.ts";
import { withSender } from "../sending.ts";
import { openConnection, openSettingsAccount } from "../settings.ts";
import { UsageError } from "../usage.ts";
import { version } from "../version.ts";

const SPEND_PER_REQUEST = "0.01";
const SPEND_TOTAL = "0.05";

export const mcp: Command = {
  positionals: [],
  summary: "serve agents over MCP: read, run, verify, and ask within limits",
  details: `A server of the Model Context Protocol on stdin and stdout; logs go to stderr. Its tools list models and seasons, run a model here, verify an attestation, show standings, audit a season and show a request. With a key there is also a tool that asks for an inference, pays for it and waits for the answer: what fee and gas may cost is counted before anything is sent, for one request and for as long as the process lives. A keystore's password must be in PROOFBOARD_PASSWORD. It ends when its client closes stdin, or by Ctrl-C.`,
  options: {
    "spend-per-request": { value: "ETH", help: `most that one request may cost; defaults to ${SPEND_PER_REQUEST}` },
    "spend-total": { value: "ETH", help: `most that all requests may cost; defaults to ${SPEND_TOTAL}` },
  },
  async run(invocation) {
    const { options, settings, progress } = invocation;
    const hasKey = settings.keystore !== undefined || settings.privateKey !== undefined;
    for (const option of ["spend-per-request", "spend-total"])
      if (!hasKey && options[option] !== undefined) throw new UsageError(`"--${option}" needs a key.`);
    const limits = {
      perRequest: parseEth("--spend-per-request", options["spend-per-request"] ?? SPEND_PER_REQUEST),
      total: parseEth("--spend-total", options["spend-total"] ?? SPEND_TOTAL),
    };
    if (hasKey) {
      const account = await openSettingsAccount(settings);
      const { client } = await openConnection(settings);
      progress.say(`${account.address} may spend ${eth(limits.total)}, ${eth(limits.perRequest)} a request.`);
      const [{ createBudget }, { askingTools }] = await Promise.all([
        import("../mcp/budget.ts"),
        import("../mcp/asking.ts"),
      ]);
      const budget = createBudget(limits);
      await withSender(client, account, progress, (sender) =>
        serve(invocation, askingTools({ client, sender, budget })),
      );
    } else await serve(invocation, {});
    return { good: true, text: "", json: undefined };
  },
};

/** Serves the reading tools, and those given, until stdin ends or a signal comes. The protocol's code is loaded only here. */
async function serve(invocation: Invocation, asking: Readonly<Record<string, AnyTool>>): Promise<void> {
  const [{ StdioServerTransport }, { createServer, serveUntilClosed }, { readingTools }] = await Promise.all([
    import("@modelcontextprotocol/sdk/server/stdio.js"),
    import("../mcp/serve.ts"),
    import("../mcp/reading.ts"),
  ]);
  const ending = new AbortController();
  const end = () => ending.abort();
  process.stdin.once("end", end);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, end);
  const server = createServer(version(), { ...readingTools(invocation), ...asking });
  await serveUntilClosed(server, new StdioServerTransport(), ending.signal);
}
