import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "vite";
import { launchChromium } from "../../web/browser/chromium.ts";
import type { Plan, Tally } from "./play.ts";

const ORIGIN = "http://graphs.test/";

/** Runs a plan as {@link play} does, without the EVM, in a page that Chromium opens; nothing is served to anybody else. */
export async function playInChromium(plan: Plan): Promise<Tally> {
  const directory = await mkdtemp(join(tmpdir(), "proofboard-graphs-"));
  const browser = await launchChromium();
  try {
    await build({
      ...{ root: import.meta.dirname, base: "./", configFile: false, logLevel: "error" },
      build: { outDir: directory, target: "es2024", assetsInlineLimit: 0 },
    });
    const page = await browser.newPage();
    await page.route(`${ORIGIN}**`, (route) => {
      const path = new URL(route.request().url()).pathname;
      return route.fulfill({ path: join(directory, path === "/" ? "index.html" : path) });
    });
    await page.goto(ORIGIN);
    return await page.evaluate((wanted) => window.play(wanted), plan);
  } finally {
    await browser.close();
    await rm(directory, { recursive: true });
  }
}
