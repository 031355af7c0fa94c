import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import type { SeasonAnswer, StandingsPage } from "../../../sdk/wire.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

const rowsShown = () =>
  [...document.querySelectorAll<HTMLElement>("tr.row")].map((row) => ({
    place: Number(row.dataset.place),
    account: row.dataset.account as string,
    points: row.children[3]?.textContent ?? "",
  }));

/** The table and the strip above it, while points are coming in. */
export function describeStandings(site: () => Site): void {
  const json = async <T>(path: string): Promise<T> => (await fetch(site().url + path)).json() as Promise<T>;

  it("has a policy that runs nothing but its own scripts and asks nobody but its server and the RPC", async () => {
    const { headers } = await fetch(site().url, { headers: { accept: "text/html" } });
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).to.include("script-src 'self' 'wasm-unsafe-eval';");
    expect(policy).to.include(`connect-src 'self' ${site().rpcUrl};`);
    expect(policy).to.not.include("unsafe-inline");
  });

  it("shows the ranking as the API has it, and says that it matches the chain", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await until(page, "rows", () => document.querySelector("tr.row") !== null, undefined, 120_000);
    // The first entries may be shown a moment before they are recomputed.
    const matches = () =>
      document.querySelector(".chip-match") !== null &&
      /: [1-9]/.test(document.querySelector(".chip")?.textContent ?? "");
    await until(page, "a match", matches, undefined);
    const chip = (await page.locator(".chip").innerText()).replaceAll(",", "");
    expect(chip).to.match(/^Points match the chain: \d+ (entry|entries) recomputed here$/);
    const recomputed = Number(/\d+/.exec(chip)?.[0]);
    expect(recomputed).to.be.at.least(1);
    // The page asks the chain, where a block may be that the server hasn't read yet.
    const served = async () => Number((await json<SeasonAnswer>("/v1/seasons/1")).item.totals.seq);
    while ((await served()) < recomputed) await setTimeout(200);
    expect(await page.title()).to.equal("Standings of season 1 · Proofboard");
    expect(await page.locator("table caption").innerText()).to.match(/^Places 1 to \d+ of \d+/);
    expect(await page.locator("th[aria-sort=ascending]").innerText()).to.equal("Rank");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("changes as points come in, and leaves focus and scroll where they are", async () => {
    const { page, faults } = await site().visit({ viewport: { width: 1280, height: 400 } });
    await page.goto(`${site().url}/?season=1`);
    await until(page, "six rows", () => document.querySelectorAll("tr.row").length >= 6, undefined, 120_000);
    const focused = await page.evaluate(() => {
      window.scrollTo(0, 150);
      const row = document.querySelectorAll<HTMLElement>("tr.row")[3] as HTMLElement;
      row.querySelector("button")?.focus({ preventScroll: true });
      return { account: row.dataset.account, scroll: window.scrollY };
    });
    const before = JSON.stringify(await page.evaluate(rowsShown));
    const feed = await until(page, "the stream", () => document.querySelector(".mode")?.textContent, undefined);
    expect(feed).to.include("live");
    await until(
      page,
      "other points",
      (old: string) =>
        JSON.stringify(
          [...document.querySelectorAll<HTMLElement>("tr.row")].map((row) => ({
            place: Number(row.dataset.place),
            account: row.dataset.account as string,
            points: row.children[3]?.textContent ?? "",
          })),
        ) !== old,
      before,
    );
    const after = await page.evaluate(() => ({
      account: document.activeElement?.closest<HTMLElement>("tr.row")?.dataset.account,
      scroll: window.scrollY,
    }));
    expect(after.account).to.equal(focused.account);
    expect(Math.abs(after.scroll - focused.scroll)).to.be.lessThan(120);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("finds accounts by the beginning of an address, and keeps that in the page's address", async () => {
    const { page } = await site().visit();
    const { items } = await json<StandingsPage>("/v1/seasons/1/standings?limit=100");
    const wanted = items[2]?.account as string;
    await page.goto(`${site().url}/?season=1`);
    await page.getByLabel("Find an account").fill(wanted.slice(0, 8).toLowerCase());
    await until(page, "one row", () => document.querySelectorAll("tr.row").length === 1, undefined);
    expect((await page.evaluate(rowsShown))[0]?.account).to.equal(wanted);
    expect(page.url()).to.include(`prefix=${wanted.slice(0, 8).toLowerCase()}`);
    await page.reload();
    await until(page, "one row", () => document.querySelectorAll("tr.row").length === 1, undefined);
    await page.getByLabel("Find an account").fill("0xffffffffffff");
    await untilText(page, "No account of season 1 starts with 0xffffffffffff.");
    await page.getByLabel("Place", { exact: true }).fill("2");
    await page.keyboard.press("Enter");
    await until(page, "place 2", () => document.querySelector<HTMLElement>("tr.row")?.dataset.place === "2", undefined);
    expect(await page.getByLabel("Find an account").inputValue()).to.equal("");
    await page.context().close();
  });

  it("jumps to a place, and to the visitor's own row, which stays in sight", async () => {
    const { page } = await site().visit({ viewport: { width: 1280, height: 500 } });
    const { items } = await json<StandingsPage>("/v1/seasons/1/standings?limit=100");
    const own = items[0]?.account as string;
    await page.goto(`${site().url}/?season=1`);
    await page.getByRole("button", { name: "Which row is mine?" }).click();
    await page.getByLabel("My address").fill(own);
    await page.keyboard.press("Enter");
    await until(page, "an own row", () => document.querySelector("tr.own") !== null, undefined);
    await page.getByLabel("Place", { exact: true }).fill("6");
    await page.keyboard.press("Enter");
    await until(
      page,
      "place 6 first",
      () => document.querySelector<HTMLElement>("tr.row")?.dataset.place === "6",
      undefined,
    );
    expect(page.url()).to.include("place=6");
    await until(
      page,
      "the focus at place 6",
      () => document.activeElement?.closest<HTMLElement>("tr.row")?.dataset.place === "6",
      undefined,
    );
    expect(await page.locator("tfoot tr.own").innerText()).to.include("you");
    await page.getByRole("button", { name: /^Jump to me/ }).click();
    await until(
      page,
      "the focus at the own row",
      (account: string) => document.activeElement?.closest<HTMLElement>("tr.own")?.dataset.account === account,
      own,
    );
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    const inSight = await page.evaluate(() => {
      const box = document.querySelector("tr.own td")?.getBoundingClientRect();
      return box !== undefined && box.top >= 0 && box.bottom <= innerHeight;
    });
    expect(inSight).to.equal(true);
    await page.context().close();
  });

  it("opens the chip to how it knows, and compares every rank that is served", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await page.locator(".chip-match").click();
    await page.getByRole("button", { name: "Compare every rank that the site serves" }).click();
    await until(page, "the comparison", () => /All \d+ match the chain/.test(document.body.innerText), undefined);
    expect(await page.locator(".audit-details").innerText()).to.include(site().rpcUrl);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("announces what is new since the last epoch, and points by reason", async () => {
    const { page } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await until(page, "bars", () => document.querySelector("tr.row .reason-1") !== null, undefined);
    const title = await page.locator("tr.row .reasons").first().getAttribute("title");
    expect(title).to.match(/^(prover|verifier) [\d,]+/);
    for (const change of await page.locator("tr.row .change").allInnerTexts())
      expect(change).to.match(/^(new|=|[▲▼]\s*(up|down)?\s*\d+)/);
    await page.context().close();
  });

  it("opens a row to receipts: the rule, every step with its transaction, what was proven and what was not", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await page.locator("tr.row button.toggle").first().click();
    await page.locator("details.receipt summary").first().click();
    await untilText(page, "How it was settled");
    const body = await page.locator(".receipt-body").first().innerText();
    expect(body).to.include("Proven").and.to.include("Not proven").and.to.include("gives the prover");
    expect(await page.locator(".receipt-body .steps > li").count()).to.be.at.least(2);
    const hashes = await page
      .locator(".receipt-body .step-place code")
      .evaluateAll((all) => all.map((one) => one.getAttribute("title")));
    for (const hash of hashes) expect(hash).to.match(/^0x[0-9a-f]{64}$/);
    expect(page.url()).to.include("open=0x");
    await until(page, "a match", () => document.querySelector(".chip-match") !== null, undefined);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("is used by keys alone", async () => {
    const { page } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await until(page, "rows", () => document.querySelectorAll("tr.row").length >= 2, undefined);
    const focus = () =>
      page.evaluate(() => (document.activeElement as HTMLElement).innerText || document.activeElement?.tagName);
    await page.keyboard.press("Tab");
    expect(await focus()).to.equal("Skip to the content");
    await page.keyboard.press("Enter");
    for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement?.matches(".toggle"))); i++)
      await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle);
    expect(outline).to.equal("solid");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(() => document.activeElement?.closest<HTMLElement>("tr.row")?.dataset.place)).to.equal(
      "2",
    );
    await page.keyboard.press("Enter");
    await until(
      page,
      "an open row",
      () => document.querySelector("button.toggle[aria-expanded=true]") !== null,
      undefined,
    );
    await until(page, "receipts", () => document.querySelector("details.receipt") !== null, undefined);
    for (let i = 0; i < 12 && !(await page.evaluate(() => document.activeElement?.matches("summary"))); i++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await untilText(page, "How it was settled");
    await page.context().close();
  });
}
