import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build } from "vite";
import { runDemo } from "../../../scripts/demo.ts";
import { freePort } from "../../fixtures/freePort.ts";
import { launchChromium } from "./chromium.ts";

/** The demo with the built page, and a browser to look at it. */
export interface Site {
  /** Where the page and its API are served. */
  url: string;
  rpcUrl: string;
  /** Directory of models' files. */
  content: string;
  /** What the demo said by now. */
  lines: readonly string[];
  /** A new visitor's page, not gone anywhere yet; what goes wrong in it is kept in `faults`. */
  visit(options?: BrowserContextOptions): Promise<Visit>;
  /** Closes the pages of visitors that are still there: each follows the chain for as long as it is open. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

interface Visit {
  page: Page;
  /** Errors on the page's console and uncaught ones; that a server can't be reached or knows no such thing is none. */
  faults: string[];
}

/** How long a page may take to do what it is told: on a busy machine much longer than a person would wait. */
const PATIENCE_MS = 90_000;

const ROOT = join(import.meta.dirname, "../../..");

/** Builds the page and starts the demo with it; it is served when this settles. */
export async function openSite(): Promise<Site> {
  await build({ root: join(ROOT, "web"), logLevel: "error" });
  const directory = await mkdtemp(join(tmpdir(), "proofboard-page-"));
  const content = join(directory, "content");
  const stop = new AbortController();
  const lines: string[] = [];
  const [port, rpcPort] = [String(await freePort()), String(await freePort())];
  let ended: Promise<unknown> = Promise.resolve();
  const served = await new Promise<{ url: string; rpcUrl: string }>((resolve, reject) => {
    ended = runDemo({
      ...{ once: false, port, rpcPort, seasonSeconds: 60, windowSeconds: 16 },
      directory: join(directory, "demo"),
      contentDirectory: content,
      deploymentsDirectory: join(directory, "deployments"),
      signal: stop.signal,
      print: (line) => {
        lines.push(line);
        const [rpcUrl, url] = [/runs at (http:\S+)\.$/, /indexer serves (http:\S+)\.$/].map((pattern) =>
          lines.map((one) => pattern.exec(one)?.[1]).find((found) => found !== undefined),
        );
        if (rpcUrl && url) resolve({ rpcUrl, url });
      },
    }).then(() => reject(new Error("The demo ended.")), reject);
    // Once it is served, nobody waits for its end: what ends it must be seen.
    ended.catch((error: unknown) => stop.signal.aborted || console.error(error));
  });
  const browser: Browser = await launchChromium();
  return {
    ...served,
    content,
    lines,
    async visit(options = {}) {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on("pageerror", ({ message }) => faults.push(message));
      page.on("console", (message) => {
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          faults.push(message.text());
      });
      return { page, faults };
    },
    async empty() {
      for (const context of browser.contexts()) await context.close();
    },
    async close() {
      await browser.close();
      stop.abort();
      await ended.catch(() => {});
      await rm(directory, { recursive: true, force: true });
    },
  };
}
