import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { pathsOf, untilShown } from "./pages.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

const MOST_SCRIPT_BYTES = 170_000;
/** Milliseconds without a script after which a page has loaded what it loads by itself. */
const QUIET = 1_000;
const AT_ONCE = 4;

/** What a visitor's browser loads when a page is the first that it sees. */
export function describeLoad(site: () => Site): void {
  /** Bytes of scripts, compressed, that a page loads by itself, its workers' too. */
  async function scriptsOf(path: string): Promise<number> {
    const { page } = await site().visit();
    const scripts: Promise<Buffer>[] = [];
    let newest = Date.now();
    page.on("response", (response) => {
      if (response.request().resourceType() !== "script" && !/\.js$/.test(response.url())) return;
      scripts.push(response.body());
      newest = Date.now();
    });
    await page.goto(site().url + path);
    await untilShown(page);
    await until(page, "a verdict", () => document.querySelector(".chip-match") !== null, undefined);
    while (Date.now() < newest + QUIET) await page.waitForTimeout(newest + QUIET - Date.now());
    const bytes = (await Promise.all(scripts)).reduce((sum, body) => sum + gzipSync(body).length, 0);
    await page.context().close();
    return bytes;
  }

  it(`is at most ${MOST_SCRIPT_BYTES} bytes of scripts, on every page, those of a season that is over too`, async () => {
    const waiting = await pathsOf(site());
    const measured: [string, number][] = [];
    const measure = async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift())
        measured.push([path, await scriptsOf(path)]);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, measure));
    expect(measured.length).to.be.greaterThan(15);
    expect(measured.filter(([, bytes]) => bytes < 1 || bytes > MOST_SCRIPT_BYTES)).to.deep.equal([]);
  });
}
