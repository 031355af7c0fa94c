import { join } from "node:path";
import type { ComponentType } from "react";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { createServer, type ViteDevServer } from "vite";

/** Components of the page, rendered to HTML without a browser. */
export interface Renderer {
  /** The HTML of a component with these properties, as its first rendering gives it. */
  html<P extends object>(file: string, name: string, properties: P): Promise<string>;
  close(): Promise<void>;
}

/** Begins to render components; what they import is compiled as the page's build does it. */
export async function openRenderer(): Promise<Renderer> {
  const server: ViteDevServer = await createServer({
    root: join(import.meta.dirname, "../../web"),
    ...{ appType: "custom", logLevel: "error", optimizeDeps: { noDiscovery: true } },
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  });
  return {
    async html(file, name, properties) {
      const module = await server.ssrLoadModule(`/${file}`);
      return renderToStaticMarkup(createElement(module[name] as ComponentType<typeof properties>, properties));
    },
    close: () => server.close(),
  };
}
