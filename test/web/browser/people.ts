import { expect } from "chai";
import { createWalletClient, http } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { demoAccounts } from "../../../scripts/demo/accounts.ts";
import { profilesAbi } from "../../../sdk/abi.ts";
import type {
  AttestationSummary,
  AttestationsPage,
  DeploymentAnswer,
  SeatsPage,
  UnitStandingsPage,
} from "../../../sdk/wire.ts";
import type { Site } from "./site.ts";
import { until, untilText } from "./until.ts";

/** What people come back for: what is happening, who leads in what, and what became of an account. */
export function describePeople(site: () => Site): void {
  const json = async <T>(path: string): Promise<T> => (await fetch(site().url + path)).json() as Promise<T>;
  const { forger, challenger, verifiers } = demoAccounts();

  it("tells what is happening, who did it and where to see it, as it happens, and stops when it is paused", async () => {
    const { page, faults } = await site().visit();
    await page.goto(site().url);
    await until(page, "news", () => document.querySelectorAll(".news-list li").length >= 5, undefined);
    const lines = await page.locator(".news-list li").evaluateAll((items) =>
      items.map((item) => ({
        text: item.textContent ?? "",
        address: item.querySelector<HTMLElement>(".account code")?.title,
        links: [...item.querySelectorAll("a")].map((link) => link.getAttribute("href")),
      })),
    );
    expect(lines).to.have.length.within(5, 30);
    for (const { text, address, links } of lines) {
      expect(address ?? text).to.match(/^(0x[0-9a-fA-F]{40}$|Frozen)/);
      expect(links.at(-1), text).to.match(/^\/(attestations|requests|seasons|accounts)\//);
    }
    await page.getByRole("button", { name: "Pause" }).click();
    const kept = await page.locator(".news-list li").allTextContents();
    const name = await setName("Newcomer <b>");
    await until(page, "more", () => document.body.innerText.includes("more since you paused."), undefined);
    // Without how long ago it was, which goes on.
    const clauses = (texts: readonly string[]) =>
      texts.map((text) => text.replace(/\b(now|in \d+ \w+|\d+ \w+ ago)\b.*$/, ""));
    expect(clauses(await page.locator(".news-list li").allTextContents())).to.deep.equal(clauses(kept));
    await page.getByRole("button", { name: "Go on" }).click();
    await until(
      page,
      "the new name",
      (address) =>
        [...document.querySelectorAll(".news-list li")].some(
          (item) =>
            item.querySelector<HTMLElement>("code")?.title === address &&
            item.querySelector("bdi")?.textContent === "Newcomer <b>" &&
            item.textContent?.includes("calls itself so from now on"),
        ),
      name,
    );
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  /** An account that nobody knows gives itself a name; answers its address. */
  async function setName(name: string): Promise<string> {
    const { contracts } = await json<DeploymentAnswer>("/v1/deployment");
    const account = privateKeyToAccount(generatePrivateKey());
    const chain = { id: 31337, name: "demo", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 } } as const;
    const wallet = createWalletClient({
      account,
      chain: { ...chain, rpcUrls: { default: { http: [site().rpcUrl] } } },
      transport: http(site().rpcUrl),
    });
    await wallet.request({
      method: "hardhat_setBalance" as never,
      params: [account.address, "0xde0b6b3a7640000"] as never,
    });
    await wallet.writeContract({
      ...{ address: contracts.Profiles?.address as `0x${string}`, abi: profilesAbi },
      ...{ functionName: "set", args: [name, ""] },
    });
    return account.address;
  }

  it("ranks accounts by task and by model, and keeps the choice in the page's address", async () => {
    const { page, faults } = await site().visit();
    await page.goto(`${site().url}/seasons/1`);
    const choice = page.getByLabel("Units of");
    await choice.waitFor();
    const options = await choice
      .locator("option")
      .evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    expect(options.filter((name) => name.startsWith("model-"))).to.have.length.above(0);
    for (const name of [options[1], options.at(-1)] as string[]) {
      await choice.selectOption(name);
      await until(page, "the address", (by) => location.search.includes(by), name);
      const [kind, id] = name.split(/-(.*)/) as [string, string];
      const { items } = await json<UnitStandingsPage>(`/v1/seasons/1/${kind}s/${id}/standings?limit=20`);
      await until(
        page,
        `the standings of ${name}`,
        (count) => document.querySelectorAll("section[aria-label^='Standings of'] tbody tr").length === count,
        items.length,
      );
    }
    await page.reload();
    await page.getByLabel("Units of").waitFor();
    expect(await page.getByLabel("Units of").inputValue()).to.equal(options.at(-1));
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  it("shows on an account's page its ranks, its money, its seats and its refutations", async () => {
    const { page, faults } = await site().visit();
    const refuted = await refutationsOf(forger.address);
    expect(refuted).to.not.deep.equal([]);
    await page.goto(`${site().url}/accounts/${forger.address}`);
    await untilText(page, "Ranks over the season");
    await page.getByRole("button", { name: "Draw them" }).click();
    await until(
      page,
      "the ranks",
      () => /Its rank at the end of each epoch|No two epochs are over yet/.test(document.body.innerText),
      undefined,
    );
    await until(
      page,
      "its refutations",
      (uid) => document.querySelector(`a[href="/attestations/${uid}"]`) !== null,
      refuted[0]?.uid as string,
    );
    await untilText(page, "It was never drawn for a panel.");
    await untilText(page, "Money");
    await page.goto(`${site().url}/accounts/${challenger.address}`);
    await until(
      page,
      "what it caught",
      (uid) =>
        document.querySelector(`section[aria-label="List of refutations of others"] a[href="/attestations/${uid}"]`) !==
        null,
      refuted[0]?.uid as string,
    );
    const verifier = await verifierWithSeats();
    await page.goto(`${site().url}/seasons/1/accounts/${verifier.address}`);
    await until(
      page,
      "a seat",
      (uid) => document.querySelector(`section[aria-label="List of seats"] a[href="/attestations/${uid}"]`) !== null,
      verifier.uid,
    );
    expect(await page.locator('section[aria-label="List of seats"]').innerText()).to.match(/first\s+voted\s+nothing/);
    expect(faults).to.deep.equal([]);
    await page.context().close();
  });

  async function refutationsOf(account: string): Promise<AttestationSummary[]> {
    for (let times = 0; times < 120; times++) {
      const { items } = await json<AttestationsPage>(`/v1/attestations?prover=${account}&status=refuted`);
      if (items.length > 0) return items;
      await new Promise((wake) => setTimeout(wake, 500));
    }
    return [];
  }

  async function verifierWithSeats(): Promise<{ address: string; uid: string }> {
    for (const { address } of verifiers) {
      const { items } = await json<SeatsPage>(`/v1/accounts/${address}/seats`);
      const voted = items.find(({ vote }) => vote === "revealed");
      if (voted) return { address, uid: voted.attestation.uid };
    }
    throw new Error("Nobody has voted.");
  }
}
