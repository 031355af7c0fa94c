import { expect } from "chai";
import type { ClaimAnswer, SeasonAnswer, StandingsPage } from "../../../sdk/wire.ts";
import { violationsOf } from "./access.ts";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

const PATIENCE_MS = 380_000;

/** A season that is over: its final order, what it earns, and a server that lies about it. */
export function describeEnding(site: () => Site): void {
  const json = async <T>(path: string): Promise<T> => (await fetch(site().url + path)).json() as Promise<T>;
  let ranking: StandingsPage["items"];

  /** The claim of an account that has no badge yet, and gets none from the demo, which mints the first place's. */
  async function unminted(): Promise<ClaimAnswer> {
    for (const { account } of ranking.slice(1)) {
      const claim = await json<ClaimAnswer>(`/v1/seasons/1/claim/${account}`);
      if (claim.badge.minted === null) return claim;
    }
    throw new Error("All badges of season 1 are minted.");
  }

  before(async () => {
    const end = Date.now() + PATIENCE_MS;
    while ((await json<SeasonAnswer>("/v1/seasons/1")).item.final === null) {
      if (Date.now() > end) throw new Error("Season 1 isn't final yet.");
      await new Promise((wake) => setTimeout(wake, 500));
    }
    ranking = (await json<StandingsPage>("/v1/seasons/1/standings")).items;
  });

  it("seals the final standings after asking the contract, and says how to check them", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    const sealed = `Your browser asked it: final, with ${ranking.length} accounts.`;
    await untilText(page, sealed);
    await page.getByRole("link", { name: "How season 1 ended" }).click();
    await untilText(page, sealed);
    await untilText(page, "proofboard audit 1 --rpc URL");
    expect(await page.title()).to.match(/^Season 1, final: \d+ accounts, [\d,]+ points · Proofboard$/);
    const described = await page.locator("meta[name=description]").getAttribute("content");
    expect(described).to.match(/^The final standings of season 1:/);
    expect(await page.locator("table.top tbody tr").count()).to.equal(Math.min(10, ranking.length));
    expect(await page.locator("ol.steps > li.end-done").count()).to.be.at.least(3);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("shows a checked reward, and mints a badge that says what it says on chain", async () => {
    const { standing } = await unminted();
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Use a throw-away key" }).click();
    await untilText(page, "with a throw-away key of this browser");
    await page.goto(`${site().url}/seasons/1/accounts/${standing.account}`);
    await page.getByRole("button", { name: "Check its proof here" }).click();
    await untilText(page, "Your browser checked the server's proof");
    expect(await violationsOf(page)).to.deep.equal([]);
    await page.getByRole("button", { name: "Mint the badge" }).click();
    await untilText(page, `Proofboard season 1, rank ${standing.rank}`);
    await until(page, "the mint", () => /Minted in transaction/.test(document.body.innerText), undefined);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("tells a server that lies about a claim, and sends nothing", async () => {
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        const answer = body as ClaimAnswer;
        if (!/\/claim\/0x/.test(path)) return body;
        return { ...answer, standing: { ...answer.standing, points: "1000000" } };
      },
    });
    const { page } = await site().visit();
    await page.goto(`${proxy.url}/seasons/1/accounts/${ranking[0]?.account}`);
    await page.getByRole("button", { name: "Check its proof here" }).click();
    await untilText(page, "This server contradicts the chain, so nothing of it is shown here, nor sent.");
    expect(await page.getByRole("button", { name: /^(Claim|Mint)/ }).count()).to.equal(0);
    await page.context().close();
    await proxy.close();
  });
}
