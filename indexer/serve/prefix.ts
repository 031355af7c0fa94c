import { ProblemError } from "./problems.ts";
import type { App } from "./state.ts";

/** A URL's path and query below the prefix; undefined where it isn't below it. */
export function pathWithin(prefix: string, url: string): string | undefined {
  if (!url.startsWith(prefix)) return undefined;
  const rest = url.slice(prefix.length);
  if (rest.startsWith("/")) return rest;
  return rest === "" || rest.startsWith("?") ? `/${rest}` : undefined;
}

/** Refuses requests that aren't below the prefix, whatever they would be below it. */
export function refuseElsewhere(app: App, prefix: string): void {
  app.addHook("onRequest", ({ method, originalUrl }, _, done) => {
    if (pathWithin(prefix, originalUrl) !== undefined) return done();
    done(
      new ProblemError(404, `There is no ${method} ${originalUrl.split("?")[0]} here: everything is below ${prefix}/.`),
    );
  });
}
