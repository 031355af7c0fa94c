import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Page } from "playwright-core";
import type { Address } from "viem";
import { demoAccounts } from "../../../scripts/demo/accounts.ts";
import type { AttestationsPage, StandingAnswer } from "../../../sdk/wire.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** Puts a wallet into the page whose one account is the node's own: what it is asked goes to the node. */
async function giveWallet(page: Page, rpcUrl: string, account: Address): Promise<void> {
  await page.addInitScript(
    ({ rpcUrl, account }) => {
      const request = async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
        if (method === "eth_requestAccounts" || method === "eth_accounts") return [account];
        const headers = { "content-type": "application/json" };
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
        const answer = await (await fetch(rpcUrl, { method: "POST", headers, body })).json();
        if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
        return answer.result;
      };
      Object.assign(window, { ethereum: { request, on() {}, removeListener() {} } });
    },
    { rpcUrl, account },
  );
}

/** Runs a task's unit 0 in the page, attests to it, and waits until the commitment is on chain. */
async function attest(page: Page, task: number): Promise<void> {
  await page
    .getByRole("table", { name: `Task ${task}:` })
    .getByRole("button", { name: "Run unit 0 here" })
    .click();
  await page.getByRole("button", { name: "Attest to this answer" }).click({ timeout: 60_000 });
  await until(page, "an attestation", () => document.querySelector(".under-way > li") !== null, undefined, 60_000);
}

const rankShown = (page: Page): Promise<string> => page.locator("p.rank").innerText();

/** A visitor takes part, and looks at the charts. */
export function describeParticipation(site: () => Site): void {
  before(async () => {
    while (!site().lines.some((line) => line.startsWith("Season 2 ")))
      await new Promise((wake) => setTimeout(wake, 500));
  });

  it("says that there is no wallet where there is none", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await untilText(page, "This browser has no wallet.");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("says that nothing can be sent where the server names no RPC", async () => {
    const { page } = await site().visit();
    await page.route("**/v1/deployment", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), rpcUrl: null } });
    });
    await page.goto(`${site().url}/take-part`);
    await untilText(page, "so nothing can be sent from here");
    await page.context().close();
  });

  it("attests with a connected wallet", async () => {
    const { guest } = demoAccounts();
    const { page, faults } = await site().visit();
    await giveWallet(page, site().rpcUrl, guest.address);
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await untilText(page, "with your wallet");
    await attest(page, 2);
    const { items } = (await (
      await fetch(`${site().url}/v1/attestations?prover=${guest.address}`)
    ).json()) as AttestationsPage;
    expect(items).to.have.lengthOf(1);
    expect(items[0]).to.deep.include({ status: "pending", outputHash: null });
    expect(items[0]?.unit).to.deep.include({ seasonId: "2", taskId: "2", unit: "0" });
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("takes part from a throw-away key to a rank, through a reload", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Use a throw-away key" }).click();
    await untilText(page, "You are not ranked yet");
    const account = (await page.locator(".account code").first().getAttribute("title")) as Address;
    await attest(page, 1);
    await page.reload();
    await untilText(page, "Verified, and its points are awarded.", 90_000);
    await until(page, "a rank", () => /^Rank/.test(document.querySelector("p.rank")?.textContent ?? ""), undefined);
    const answer = await fetch(`${site().url}/v1/seasons/2/standings/${account}`);
    const { item } = (await answer.json()) as StandingAnswer;
    expect(item.points).to.equal("10");
    expect(await rankShown(page)).to.match(new RegExp(`^Rank ${item.rank} of \\d+ with 10 points$`));
    expect(await page.getByRole("row", { name: /^0 verified/ }).count()).to.equal(1);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("draws points and attestations, with the numbers as tables, and gives the ranking as a file", async () => {
    const { page, faults } = await site().visit();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto(`${site().url}/?season=1`);
    await until(page, "the table", () => document.querySelector("tbody tr") !== null, undefined);
    expect(asked.filter((url) => /uplot|wagmi|injected|chart/i.test(url))).to.deep.equal([]);
    await page.goto(`${site().url}/charts?season=1`);
    await until(page, "two charts", () => document.querySelectorAll("figure.chart canvas").length === 2, undefined);
    await page.getByText("The numbers as a table").first().click();
    const table = page.getByRole("table", { name: /^Points of the first 8 of season 1/ });
    expect(await table.getByRole("columnheader").count()).to.equal(9);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "as CSV" }).click(),
    ]);
    expect(download.suggestedFilename()).to.equal("season-1.csv");
    const served = await (await fetch(`${site().url}/v1/seasons/1/standings.csv`)).text();
    expect(await readFile(await download.path(), "utf8")).to.equal(served);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });
}
