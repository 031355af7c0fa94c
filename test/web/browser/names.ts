import { expect } from "chai";
import { demoAccounts } from "../../../scripts/demo/accounts.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** What accounts call themselves: the demo's cheat has the name of an honest prover, in other letters. */
export function describeNames(site: () => Site): void {
  const { provers, cheat, forger } = demoAccounts();
  const ada = provers[0]?.address as string;
  const shown = (account: string) => {
    const row = document.querySelector(`tr.row[data-account="${account}"] th`);
    const name = row?.querySelector("bdi.name");
    return { address: row?.querySelector("code")?.title, name: name?.textContent, markup: name?.children.length };
  };

  it("stand beside the address in the table, and hostile text is text", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    for (const [account, name] of [
      [ada, "Ada"],
      [cheat.address, "\u0410da"],
      [forger.address, "<b>Forger</b>"],
    ] as const) {
      const row = `tr.row[data-account="${account}"]`;
      await until(page, `the row of ${name}`, (row) => document.querySelector(row) !== null, row);
      expect(await page.evaluate(shown, account)).to.deep.equal({ address: account, name, markup: 0 });
    }
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("find accounts, with those that look alike, and are kept in the page's address", async () => {
    const { page } = await site().visit();
    await page.goto(`${site().url}/?season=1`);
    await page.getByLabel("Find an account").fill("ADA");
    await until(page, "two rows", () => document.querySelectorAll("tr.row").length === 2, undefined);
    expect(
      new Set(await page.locator("tr.row").evaluateAll((rows) => rows.map((row) => row.dataset.account))),
    ).to.deep.equal(new Set([ada, cheat.address]));
    expect(new URL(page.url()).searchParams.get("name")).to.equal("ADA");
    await page.getByLabel("Find an account").fill("nobody at all");
    await untilText(page, "No account of season 1 starts with nobody at all.");
    await page.context().close();
  });

  it("are told on the account's page with a link that nothing fetches, and with those that look the same", async () => {
    const { page, faults } = await site().visit();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).host));
    await page.goto(`${site().url}/seasons/1/accounts/${ada}`);
    await untilText(page, "Calls itself Ada, https://example.org/ada, since");
    await untilText(page, "1 other account has a name that looks the same:");
    const link = page.getByRole("link", { name: "https://example.org/ada" });
    expect(await link.getAttribute("rel")).to.equal("nofollow ugc noopener noreferrer");
    await page.locator(".said-of-itself .account bdi").waitFor();
    expect(await page.locator(".said-of-itself .account code").getAttribute("title")).to.equal(cheat.address);
    expect(asked).to.not.include("example.org");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });
}
