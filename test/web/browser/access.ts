import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { AxeResults } from "axe-core";
import { expect } from "chai";
import type { BrowserContextOptions, Page } from "playwright-core";
import { pathsOf, untilShown } from "./pages.ts";
import type { Site } from "./site.ts";
import { until } from "./until.ts";

const looks: readonly [string, BrowserContextOptions][] = [
  ["in the light", { colorScheme: "light" }],
  ["in the dark", { colorScheme: "dark" }],
  ["on a phone", { viewport: { width: 360, height: 740 }, colorScheme: "light" }],
];

/** Serious violations that axe finds; run through the debugger, since the page's policy lets no script in. */
export async function violationsOf(page: Page): Promise<string[]> {
  const source = await readFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")), "utf8");
  const debug = await page.context().newCDPSession(page);
  await debug.send("Runtime.evaluate", { expression: source });
  const { result } = await debug.send("Runtime.evaluate", {
    expression: "axe.run(document, { resultTypes: ['violations'] })",
    awaitPromise: true,
    returnByValue: true,
  });
  await debug.detach();
  const { violations } = result.value as AxeResults;
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`.slice(0, 500));
}

/** Every page for those who see little, see other colours, or have a small screen. */
export function describeAccess(site: () => Site): void {
  before(async () => {
    const points = async () => (await fetch(`${site().url}/v1/seasons/1/standings?limit=1`)).text();
    while (!(await points()).includes('"rank"')) await new Promise((wake) => setTimeout(wake, 500));
  });

  for (const [look, options] of looks)
    it(`has no serious violation of accessibility ${look}, and fits`, async () => {
      const { page, faults } = await site().visit(options);
      for (const path of await pathsOf(site())) {
        await page.goto(site().url + path);
        await untilShown(page);
        await until(page, "a verdict", () => document.querySelector(".chip-match") !== null, undefined);
        expect(await violationsOf(page), path).to.deep.equal([]);
        const { shown, wide } = await page.evaluate(() => ({
          shown: innerWidth,
          wide: document.documentElement.scrollWidth,
        }));
        expect(wide, `width of ${path}`).to.be.at.most(shown);
      }
      expect(faults).to.deep.equal([]);
      await page.context().close();
    });
}
