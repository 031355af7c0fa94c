import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Indexer, startIndexer } from "../../../indexer/main.ts";
import { parseDeployment } from "../../../sdk/deployment.ts";
import { findAttestation } from "./attestations.ts";
import { untilShown } from "./pages.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** The page as a second indexer of the same chain serves it below a path. */
export function describePrefix(site: () => Site): void {
  let directory: string;
  let indexer: Indexer;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-prefix-"));
    const deployment = parseDeployment(await (await fetch(`${site().url}/v1/deployment`)).json());
    indexer = await startIndexer({
      ...{ deployment, rpcs: [site().rpcUrl], publicRpc: site().rpcUrl, port: 0, prefix: "/board/one" },
      ...{ db: join(directory, "index.sqlite"), content: site().content, logLevel: "silent" },
    });
    const caughtUp = async () => (await fetch(`${indexer.url}/readyz`)).ok;
    while (!(await caughtUp())) await new Promise((wake) => setTimeout(wake, 200));
  });
  after(async () => {
    await indexer?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it("links, loads, streams and audits below it, and nowhere else", async () => {
    const { page, faults } = await site().visit();
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(`${indexer.url}/`) && !url.startsWith(site().rpcUrl) && !url.startsWith("data:"))
        elsewhere.push(url);
    });
    await page.goto(`${indexer.url}/?season=1`);
    await until(page, "rows", () => document.querySelector("tr.row") !== null, undefined);
    await until(page, "the stream", () => document.querySelector(".mode")?.textContent === "● live", undefined);
    await until(page, "a match", () => document.querySelector(".chip-match") !== null, undefined);
    const links = await page
      .locator("nav[aria-label=Pages] a")
      .evaluateAll((all) => all.map((a) => a.getAttribute("href")));
    for (const link of links) {
      expect(link).to.match(/^\/board\/one(\/|$)/);
      await page.locator(`nav[aria-label=Pages] a[href="${link}"]`).click();
      await until(page, link as string, (path) => location.pathname === path, link);
      await untilShown(page);
      expect(await page.locator(".state-failed").count(), link as string).to.equal(0);
    }
    expect(elsewhere).to.deep.equal([]);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("opens any page of it by its address, and checks an answer in a worker there", async () => {
    const { uid } = await findAttestation(site(), { method: "Quorum", status: "refuted" });
    const { page, faults } = await site().visit();
    await page.goto(`${indexer.url}/attestations/${uid}`);
    await page.getByRole("button", { name: "Check it here" }).click();
    await untilText(page, "The model's input and output here");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("has its widget below it, whose link leads back there", async () => {
    const { page } = await site().visit();
    await page.goto(`${indexer.url}/seasons/1`);
    await page.getByRole("link", { name: "top ten" }).click();
    await page.getByRole("heading", { name: "top 10" }).waitFor();
    expect(await page.getByRole("link", { name: "Check it" }).getAttribute("href")).to.equal("/board/one/?season=1");
    await page.context().close();
  });
}
