import type { App } from "./state.ts";

/** A route as the server has it. */
export interface Route {
  method: string | string[];
  url: string;
  schema?: object;
}

/** Answers `/openapi.json` from the schemas of the routes that are added from now on; their paths are below the prefix. */
export function describeApi(app: App, prefix: string): void {
  const routes: Route[] = [];
  app.addHook("onRoute", ({ method, url, schema }) => {
    if (method !== "HEAD") routes.push({ method, url, ...(schema !== undefined && { schema }) });
  });
  let document: Promise<unknown> | undefined;
  app.get("/openapi.json", { config: { cost: 15 }, schema: { hide: true } }, () => {
    document ??= generate(routes, prefix).catch((error: unknown) => {
      document = undefined;
      throw error;
    });
    return document;
  });
}

// What generates it takes long to load: docs/performance.md, Imports.
async function generate(routes: readonly Route[], prefix: string): Promise<unknown> {
  const { documentOf } = await import("./openapi-document.ts");
  return documentOf(routes, prefix);
}
