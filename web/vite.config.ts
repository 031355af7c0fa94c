import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The page asks its own origin for everything but the chain; while developing, that is passed on to an indexer.
const indexer = `http://127.0.0.1:${process.env.PORT ?? 4000}`;
const proxy = Object.fromEntries(
  ["/v1", "/embed", "/ipfs", "/openapi.json", "/readyz", "/healthz"].map((path) => [path, { target: indexer }]),
);

export default defineConfig({
  root: import.meta.dirname,
  // The server says below which path the page is: see indexer/serve/page.ts.
  base: "./",
  plugins: [react()],
  server: { host: "127.0.0.1", proxy },
  preview: { host: "127.0.0.1", proxy },
  worker: { format: "es" },
  build: {
    target: "es2024",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // What the Content-Security-Policy allows: files of their own, nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
