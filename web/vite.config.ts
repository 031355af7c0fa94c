// biome-ignore-all lint/style/noRestrictedImports: Node runs this file, no browser.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// The page asks its own origin for everything but the chain; while developing, that is passed on to an indexer.
const indexer = `http://127.0.0.1:${process.env.PORT ?? 4000}`;
const proxy = Object.fromEntries(
  ["/v1", "/embed", "/ipfs", "/openapi.json", "/readyz", "/healthz"].map((path) => [path, { target: indexer }]),
);

export default defineConfig({
  root: import.meta.dirname,
  // The server says below which path the page is: see indexer/serve/page.ts.
  base: "./",
  plugins: [react(), compressedRuntime()],
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
  worker: { format: "es" },
  build: {
    target: "es2024",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // What the Content-Security-Policy allows: files of their own, nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Compressing the runtime takes most of a build, and is meant to.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});

/** Writes the runtime's file compressed, too: the server would take up to a second to do so for each visitor. */
function compressedRuntime(): Plugin {
  const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
  return {
    name: "compressed-runtime",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const assets = join(dir, "assets");
      for (const name of await readdir(assets)) {
        if (!name.endsWith(".wasm")) continue;
        const file = join(assets, name);
        const bytes = await readFile(file);
        await writeFile(`${file}.br`, await promisify(brotliCompress)(bytes, brotliOptions));
        await writeFile(`${file}.gz`, await promisify(gzip)(bytes));
      }
    },
  };
}
