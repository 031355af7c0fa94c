import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Locator, Page } from "playwright-core";
import type { Address } from "viem";
import { demoAccounts } from "../../../scripts/demo/accounts.ts";
import type { AccountProfileAnswer, AttestationsPage, Seasons, StandingAnswer } from "../../../sdk/wire.ts";
import { tamperWith } from "./proxy.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** A wallet of a test: its account, and the name under which it announces itself, if it does. */
interface GivenWallet {
  account: Address;
  announced?: string;
  /** The chain that it is on, if not the node's, and that it refuses to leave. */
  chainId?: number;
  /** Its owner declines every transaction. */
  declines?: boolean;
  /** It sends every transaction with too low a fee, and its owner then cancels it by another one of the same nonce. */
  cancels?: boolean;
}

/**
 * Puts a wallet into the page whose one account is the node's own: what it is asked goes to the node. The page's
 * `switchAccount` gives it another one.
 */
async function giveWallet(page: Page, rpcUrl: string, given: GivenWallet): Promise<void> {
  await page.addInitScript(
    ({ rpcUrl, account: first, announced, chainId, declines, cancels }) => {
      let account = first;
      const listeners: ((accounts: string[]) => void)[] = [];
      const ask = async (method: string, params: unknown[]) => {
        const headers = { "content-type": "application/json" };
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
        const answer = await (await fetch(rpcUrl, { method: "POST", headers, body })).json();
        if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
        return answer.result;
      };
      const request = async ({ method, params = [] }: { method: string; params?: unknown[] }) => {
        if (method === "eth_requestAccounts" || method === "eth_accounts") return account ? [account] : [];
        if (method === "eth_chainId" && chainId) return `0x${chainId.toString(16)}`;
        if (method === "wallet_switchEthereumChain" || (declines && method === "eth_sendTransaction"))
          throw Object.assign(new Error("User rejected the request."), { code: 4001 });
        const [{ from } = {}] = params as { from?: string }[];
        if (!cancels || method !== "eth_sendTransaction") return ask(method, params);
        const nonce = await ask("eth_getTransactionCount", [from, "pending"]);
        const cheap = { maxFeePerGas: "0x1", maxPriorityFeePerGas: "0x0" };
        const dear = { maxFeePerGas: "0x174876e800", maxPriorityFeePerGas: "0x3b9aca00" };
        const sent = await ask(method, [{ ...(params[0] as object), ...cheap, nonce }]);
        setTimeout(() => ask(method, [{ from, to: from, value: "0x0", nonce, ...dear }]), 3_000);
        return sent;
      };
      const on = (event: string, listen: (accounts: string[]) => void) => {
        if (event === "accountsChanged") listeners.push(listen);
      };
      const provider = { request, on, removeListener() {} };
      const switchAccount = (to: Address | undefined) => {
        account = to as Address;
        for (const listen of listeners) listen(to ? [to] : []);
      };
      Object.assign(window, { switchAccount });
      if (announced === undefined) return void Object.assign(window, { ethereum: provider });
      const icon = "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>";
      const info = { uuid: crypto.randomUUID(), name: announced, icon, rdns: `test.${announced.toLowerCase()}` };
      const announce = () =>
        window.dispatchEvent(
          new CustomEvent("eip6963:announceProvider", { detail: Object.freeze({ info, provider }) }),
        );
      window.addEventListener("eip6963:requestProvider", announce);
      announce();
    },
    { rpcUrl, ...given },
  );
}

/** The page's wallet has another account from now on, or is locked. */
const switchAccount = (page: Page, to: Address | undefined): Promise<void> =>
  page.evaluate((to) => (window as never as { switchAccount(to: Address | undefined): void }).switchAccount(to), to);

/** Sends what a draft on the page takes: the deposit where it is missing, then the attestation. */
async function sendDraft(page: Page): Promise<void> {
  const [deposit, attest] = [/^Deposit/, /^Attest to/].map((name) => page.getByRole("button", { name })) as [
    Locator,
    Locator,
  ];
  await deposit.or(attest).waitFor();
  expect(await page.getByText(/^at most about [\d.]+ ETH for the/).count()).to.equal(1);
  if (await deposit.isVisible()) await deposit.click();
  await attest.click();
}

/** Runs a task's unit 0 in the page, attests to it, and waits until the commitment is on chain. */
async function attest(page: Page, task: number): Promise<void> {
  await page
    .getByRole("table", { name: `Task ${task}:` })
    .getByRole("button", { name: "Run unit 0 here" })
    .click();
  await sendDraft(page);
  await until(page, "an attestation", () => document.querySelector(".under-way > li") !== null, undefined);
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

  it("lets a visitor choose among wallets that announce themselves, and follows the account's change", async () => {
    const { guest, organiser } = demoAccounts();
    const { page, faults } = await site().visit();
    await giveWallet(page, site().rpcUrl, { account: organiser.address, announced: "<b>First</b>" });
    await giveWallet(page, site().rpcUrl, { account: guest.address, announced: "Second" });
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await page.getByRole("button", { name: "<b>First</b>" }).waitFor();
    await page.getByRole("button", { name: "Second" }).click();
    await untilText(page, "with your wallet");
    expect(await page.locator(".account code").first().getAttribute("title")).to.equal(guest.address);
    await switchAccount(page, organiser.address);
    await untilText(page, `Your wallet switched to ${organiser.address}.`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await page.getByRole("button", { name: "Second" }).click();
    await untilText(page, "with your wallet");
    await switchAccount(page, undefined);
    await untilText(page, "Your wallet was locked or disconnected.");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("names both chains where the wallet stays on another one", async () => {
    const { page, faults } = await site().visit();
    await giveWallet(page, site().rpcUrl, { account: demoAccounts().guest.address, chainId: 1 });
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await untilText(page, "Your wallet is on chain 1, and this is chain 31337: switch it and try again.");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("attests with a connected wallet", async () => {
    const { guest } = demoAccounts();
    const { page, faults } = await site().visit();
    await giveWallet(page, site().rpcUrl, { account: guest.address });
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
    await untilText(page, "Verified, and its points are awarded.", 180_000);
    await until(page, "a rank", () => /^Rank/.test(document.querySelector("p.rank")?.textContent ?? ""), undefined);
    const look = async () => {
      const answer = await fetch(`${site().url}/v1/seasons/2/standings/${account}`);
      const { item } = (await answer.json()) as StandingAnswer;
      return { item, shown: await rankShown(page) };
    };
    // Others may overtake between the two answers.
    let { item, shown } = await look();
    for (let tries = 0; !shown.startsWith(`Rank ${item.rank} of `) && tries < 60; tries++) {
      await new Promise((wake) => setTimeout(wake, 500));
      ({ item, shown } = await look());
    }
    expect(item.points).to.equal("10");
    expect(shown).to.match(new RegExp(`^Rank ${item.rank} of \\d+ with 10 points$`));
    expect(await page.getByRole("row", { name: /^0 verified/ }).count()).to.equal(1);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("attests to many units at once, told before what that takes, and they earn their points", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Use a throw-away key" }).click();
    await untilText(page, "You are not ranked yet");
    const account = (await page.locator(".account code").first().getAttribute("title")) as Address;
    await page.getByRole("spinbutton", { name: "How many, from unit 0 on" }).fill("12");
    await page.getByRole("button", { name: "Run them here" }).click();
    await untilText(page, "Units 0 to 11 of task 3 were run here");
    await untilText(page, "Bond for 12 units");
    await sendDraft(page);
    await untilText(page, "Task 3, units 0 to 11");
    await page.getByRole("spinbutton", { name: "How many, from unit 12 on" }).waitFor();
    await untilText(page, "Verified, and its points are awarded.", 180_000);
    const { items } = (await (
      await fetch(`${site().url}/v1/attestations?prover=${account}`)
    ).json()) as AttestationsPage;
    expect(items.map(({ count, status, method }) => [count, status, method.name])).to.deep.equal([
      [12, "verified", "FraudProof"],
    ]);
    const answer = await fetch(`${site().url}/v1/seasons/2/standings/${account}`);
    expect(((await answer.json()) as StandingAnswer).item.points).to.equal("12");
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("says that nothing was sent where the wallet's owner declines", async () => {
    const { page, faults } = await site().visit();
    await giveWallet(page, site().rpcUrl, { account: demoAccounts().guest.address, declines: true });
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await page.getByRole("button", { name: "Run them here" }).click();
    await page.getByRole("button", { name: /^(Deposit|Attest to)/ }).click();
    await untilText(page, "You declined that in the wallet: nothing was sent.");
    expect(await page.locator("body").innerText()).to.not.match(/viem|wagmi|Version/);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("says that nothing was done where the wallet's owner cancels a transaction after it was sent", async () => {
    const { page, faults } = await site().visit();
    await giveWallet(page, site().rpcUrl, { account: demoAccounts().guest.address, cancels: true });
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Connect a wallet" }).click();
    await page.getByRole("button", { name: "Run them here" }).click();
    await page.getByRole("button", { name: /^(Deposit|Attest to)/ }).click();
    await untilText(page, "was cancelled in the wallet: nothing was done.");
    // It may be sent again.
    expect(await page.getByRole("button", { name: /^(Deposit|Attest to)/ }).isEnabled()).to.equal(true);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("keeps the running season that a visitor chose, on every page and after a reload, when another begins", async () => {
    let begun = false;
    const proxy = await tamperWith(site().url, {
      edit: (path, body) => {
        const { items, ...rest } = body as Seasons;
        const [newest] = items ?? [];
        if (path !== "/v1/seasons" || !begun || newest === undefined) return body;
        return { ...rest, items: [{ ...newest, seasonId: "3" }, ...items] };
      },
    });
    const { page } = await site().visit();
    const untilSeason = (season: string) =>
      until(
        page,
        `season ${season}`,
        (wanted) => document.querySelector(".strip strong")?.textContent === wanted,
        `Season ${season}`,
      );
    await page.goto(proxy.url);
    await untilSeason("2");
    begun = true;
    await page.reload();
    await untilSeason("2");
    await page.goto(`${proxy.url}/take-part`);
    await page.getByRole("button", { name: "Use a throw-away key" }).click();
    const choice = page.getByRole("combobox", { name: "Season" });
    expect(await choice.inputValue()).to.equal("2");
    await choice.selectOption("3");
    await untilSeason("3");
    await page.getByRole("link", { name: "Charts" }).click();
    await until(page, "the charts", () => location.pathname === "/charts", undefined);
    expect(await choice.inputValue()).to.equal("3");
    await page.reload();
    await untilSeason("3");
    expect(await choice.inputValue()).to.equal("3");
    const other = await page.context().newPage();
    await other.goto(proxy.url);
    await untilText(other, "Season 3");
    await page.context().close();
    await proxy.close();
  });

  it("sets a name, shown beforehand as others see it, refuses one that wouldn't be, and takes it away", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/take-part`);
    await page.getByRole("button", { name: "Use a throw-away key" }).click();
    const name = page.getByRole("textbox", { name: "Name" });
    const set = page.getByRole("button", { name: "Set the name" });
    await name.fill("0xdeadbeefdeadbeef");
    await untilText(page, "would be shown as");
    expect(await set.isDisabled()).to.equal(true);
    await name.fill("Zoë <b>");
    await page.getByRole("textbox", { name: "Link" }).fill("javascript:alert(1)");
    await untilText(page, "would not be shown: it must be an http or https URL");
    expect(await set.isDisabled()).to.equal(true);
    await page.getByRole("textbox", { name: "Link" }).fill("https://example.org/zoe");
    expect(await page.locator("#name-said bdi.name").innerText()).to.equal("Zoë <b>");
    await untilText(page, "It costs the network's fee only, at most about");
    await set.click();
    await page.getByRole("button", { name: "Take it away" }).waitFor();
    const account = (await page.locator(".account code").first().getAttribute("title")) as Address;
    const said = async () =>
      ((await (await fetch(`${site().url}/v1/profiles/${account}`)).json()) as AccountProfileAnswer).item;
    expect(await said()).to.include({ name: "Zoë <b>", link: "https://example.org/zoe" });
    await page.getByRole("button", { name: "Take it away" }).click();
    await page.getByRole("button", { name: "Take it away" }).waitFor({ state: "detached" });
    expect(await said()).to.equal(null);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("shows the numbers of a season's first tenth, of which a chart would have years on its axis", async () => {
    const { page } = await site().visit();
    await page.route("**/v1/seasons/1/network", async (route) => {
      const answer = await (await route.fetch()).json();
      await route.fulfill({ json: { ...answer, tenths: answer.tenths.slice(0, 1) } });
    });
    await page.goto(`${site().url}/seasons/1/network`);
    const shown = await until(
      page,
      "the numbers",
      () => {
        const chart = document.querySelector("figure.chart");
        return (
          chart?.querySelector("tbody tr") && {
            isOpen: chart.querySelector("details")?.open,
            drawn: chart.children.length,
          }
        );
      },
      undefined,
    );
    // The caption, and the numbers.
    expect(shown).to.deep.equal({ isOpen: true, drawn: 2 });
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
