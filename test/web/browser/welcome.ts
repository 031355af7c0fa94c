import { expect } from "chai";
import { violationsOf } from "./access.ts";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** What a first visitor sees. */
export function describeWelcome(site: () => Site): void {
  it("says in the first view what this is, how a point comes about, what there is to win, and how to take part", async () => {
    const { page, faults } = await site().visit();
    await page.goto(site().url);
    await untilText(page, "in escrow. A contract pays it by the final order alone.");
    expect(await page.getByRole("heading", { level: 1 }).innerText()).to.equal(
      "Every point is a verified AI inference",
    );
    await until(
      page,
      "the prize",
      () => /^[\d,]+ \w+$/.test(document.querySelector(".prize")?.textContent ?? ""),
      undefined,
    );
    const stages = await page.locator(".picture li strong").allInnerTexts();
    expect(stages).to.deep.equal(["1. Unit assigned", "2. Model run", "3. Attested", "4. Verified", "5. Points"]);
    const below = await page.evaluate(() =>
      [".lead", ".prize", ".picture", "a.primary"].filter((part) => {
        const box = document.querySelector(part)?.getBoundingClientRect();
        return box === undefined || box.bottom > innerHeight;
      }),
    );
    expect(below).to.deep.equal([]);
    await page.getByRole("link", { name: "Take part" }).last().click();
    await until(page, "the page", () => location.pathname === "/take-part", undefined);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("sorts the rows that are shown, says that it does, and goes back to the ranking", async () => {
    const { page } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await until(page, "rows", () => document.querySelectorAll("tr.row").length >= 2, undefined);
    const verified = () => page.locator("tr.row td:nth-child(6)").allInnerTexts();
    for (const [order, sign] of [
      ["descending", -1],
      ["ascending", 1],
    ] as const) {
      await page.getByRole("button", { name: "verified" }).click();
      const counts = (await verified()).map((text) => Number(text.replaceAll(",", "")));
      expect(counts).to.deep.equal(counts.toSorted((a, b) => sign * (a - b)));
      expect(await page.locator(`th[aria-sort=${order}]`).innerText()).to.match(/^verified/i);
    }
    expect(await page.locator("table caption").innerText()).to.include(
      "only these rows are sorted, the fewest verified",
    );
    expect(new URL(page.url()).searchParams.get("sort")).to.equal("-verified");
    await page.getByRole("button", { name: "Rank" }).click();
    expect(await page.locator("th[aria-sort=ascending]").innerText()).to.equal("Rank");
    await page.context().close();
  });

  it("is shown in a frame of another site, without a fault or a violation", async () => {
    const { page, faults } = await site().visit({ colorScheme: "dark" });
    await page.goto(`${site().url}/?season=1`);
    await until(page, "rows", () => document.querySelector("tr.row") !== null, undefined);
    await page.goto(`${site().url}/embed/top/1`);
    expect(await page.getByRole("heading").innerText()).to.equal("Proofboard: top 10 of season 1");
    expect(await violationsOf(page)).to.deep.equal([]);
    const other = await tamperWith(site().url, {
      answer: (path, response) => {
        if (path !== "/frames") return false;
        const frames = ["/embed/top/1", "/"].map((framed) => `<iframe src="${site().url}${framed}"></iframe>`);
        response.writeHead(200, { "content-type": "text/html" }).end(`<!doctype html>${frames.join("")}`);
        return true;
      },
    });
    await page.goto(`${other.url}/frames`);
    await page.frameLocator("iframe").first().getByRole("heading", { name: "top 10" }).waitFor();
    expect(page.frames().map((frame) => new URL(frame.url()).protocol)).to.deep.equal([
      "http:",
      "http:",
      "chrome-error:",
    ]);
    await other.close();
    expect(faults.filter((fault) => !fault.includes("frame-ancestors"))).to.deep.equal([]);
    await page.context().close();
  });

  it("tells who is trusted with what", async () => {
    const { page } = await site().visit();
    await page.goto(site().url);
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link").last().click();
    await untilText(page, "What you do trust");
    expect(await page.title()).to.equal("What you trust · Proofboard");
    await page.context().close();
  });
}
