import { expect } from "chai";
import type { Address } from "viem";
import { csvText } from "../../../indexer/serve/table/csv.ts";
import { nameSkeleton, shownProfile } from "../../../sdk/profiles.ts";
import type {
  AccountAnswer,
  AccountProfile,
  AccountProfileAnswer,
  AccountProfilesAnswer,
  AttestationsPage,
  CatchersAnswer,
  InferenceRequestsPage,
  PublisherBoard,
  ReceiptsPage,
  SearchAnswer,
  Standing,
  StandingAnswer,
  StandingsPage,
} from "../../../sdk/wire.ts";
import { choices } from "../running.ts";
import { onEachStore } from "../store/stores.ts";
import { chainTold, eventsIn } from "./served.ts";
import { openAnywhere, type ServedAnywhere } from "./served-anywhere.ts";
import { NOBODY } from "./site.ts";
import { parse } from "./stream/reader.ts";

onEachStore("names in the API", (store) => {
  let served: ServedAnywhere;
  let url: string;
  let standings: Standing[];
  /** What the story's events say that accounts are called. */
  const names = new Map<Address, { name: string; link: string | null }>();
  before(async () => {
    served = await openAnywhere(chainTold(choices(320, 11)), store());
    url = await served.listen();
    standings = (await get<StandingsPage>("/v1/seasons/1/standings")).items;
    for (const { eventName, args } of served.blocks.flatMap(eventsIn)) {
      if (eventName !== "ProfileSet") continue;
      const { account, name, link } = args;
      const shown = shownProfile(name, link);
      if (shown) names.set(account, shown);
      else names.delete(account);
    }
  });
  after(() => served.close());

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(url + path);
    expect(response.status, path).to.equal(200);
    return (await response.json()) as T;
  }
  const nameOf = (account: Address): string | null => names.get(account)?.name ?? null;
  const search = async (query: string): Promise<Address[]> =>
    (await get<SearchAnswer>(`/v1/seasons/1/search?${query}`)).items.map(({ account }) => account);

  it("stand beside the account in every standing", async () => {
    expect(new Set(standings.map(({ name }) => name)).size).to.be.above(2);
    for (const one of standings) {
      expect(one.name).to.equal(nameOf(one.account));
      const { item, neighbours } = await get<StandingAnswer>(`/v1/seasons/1/standings/${one.account}?around=50`);
      expect(item).to.deep.equal(one);
      expect(neighbours).to.deep.equal(standings.filter((other) => other !== one && other.account !== one.account));
    }
  });

  it("are those of the account and of the provers in its receipts", async () => {
    for (const { account } of standings) {
      expect((await get<AccountAnswer>(`/v1/accounts/${account}`)).name).to.equal(nameOf(account));
      const { items } = await get<ReceiptsPage>(`/v1/accounts/${account}/receipts`);
      for (const { name, attestation } of items)
        expect([name, attestation.proverName]).to.deep.equal([nameOf(account), nameOf(attestation.prover)]);
    }
  });

  it("are those of provers in lists of attestations, and of all accounts of requests and boards", async () => {
    for (const { prover, proverName } of (await get<AttestationsPage>("/v1/attestations")).items)
      expect(proverName).to.equal(nameOf(prover));
    const named = (account: Address | null) => (account === null ? null : nameOf(account));
    const { items } = await get<InferenceRequestsPage>("/v1/requests");
    expect(items).to.not.deep.equal([]);
    for (const { requester, requesterName, prover, proverName, beneficiary, beneficiaryName } of items)
      expect([requesterName, proverName, beneficiaryName]).to.deep.equal([requester, prover, beneficiary].map(named));
    for (const { account, name } of (await get<CatchersAnswer>("/v1/seasons/1/catchers")).items)
      expect(name).to.equal(nameOf(account));
    for (const { publisher, name } of (await get<PublisherBoard>("/v1/boards/publishers")).items)
      expect(name).to.equal(nameOf(publisher));
  });

  it("are in the stream as they are in lists", async () => {
    const stop = new AbortController();
    const response = await fetch(`${url}/v1/stream?lastEventId=0-0`, { signal: stop.signal });
    let text = "";
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += piece;
      if (text.includes("event: head")) break;
    }
    stop.abort();
    const { messages } = parse(text);
    let shown = 0;
    for (const { event, data } of messages) {
      if (event === "points") expect(data.name).to.equal(nameOf(data.account));
      if (event === "status") expect(data.proverName).to.equal(nameOf(data.prover));
      if (event === "request") expect(data.requesterName).to.equal(nameOf(data.requester));
      if (event === "points" && data.name !== null) shown++;
    }
    expect(shown).to.be.above(0);
  });

  it("are the last column of the season's table", async () => {
    const text = await (await fetch(`${url}/v1/seasons/1/standings.csv`)).text();
    const rows = text.trimEnd().split("\n").slice(1);
    for (const [i, { account, name }] of standings.entries()) {
      expect(rows[i]).to.include(`,${account},`);
      expect(rows[i]?.split(",").slice(10).join(",")).to.equal(csvText(name));
    }
  });

  it("are asked one by one, with those that look alike, and many at once", async () => {
    const alike = (account: Address, name: string) =>
      [...names]
        .filter(([other, each]) => other !== account && nameSkeleton(each.name) === nameSkeleton(name))
        .map(([other]) => other)
        .sort();
    const items: AccountProfile[] = [];
    for (const [account, { name, link }] of names) {
      const answer = await get<AccountProfileAnswer>(`/v1/profiles/${account.toLowerCase()}`);
      expect(answer.item).to.deep.include({ account, name, link });
      expect(answer.alike).to.deep.equal(alike(account, name));
      items.push(answer.item as AccountProfile);
    }
    expect([...names].some(([account, { name }]) => alike(account, name).length > 0)).to.equal(true);
    expect(await get(`/v1/profiles/${NOBODY}`)).to.deep.include({ item: null, alike: [] });
    const asked = [...names.keys(), NOBODY].map((account) => `account=${account}`).join("&");
    expect((await get<AccountProfilesAnswer>(`/v1/profiles?${asked}`)).items).to.deep.equal(items);
  });

  it("are found by how they begin or look, and only those of accounts that are ranked", async () => {
    const ranked = [...names].filter(([account]) => standings.some((one) => one.account === account));
    for (const [, { name }] of ranked)
      for (const start of [name, name.slice(0, 1), name.toUpperCase(), name.slice(0, 2)]) {
        const found = await search(`name=${encodeURIComponent(start)}`);
        const begins = ranked.filter(([, each]) => nameSkeleton(each.name).startsWith(nameSkeleton(start)));
        expect(found).to.have.members(begins.map(([account]) => account));
      }
    expect(await search("name=%D0%B0d")).to.deep.equal(await search("name=AD")).and.not.to.be.empty;
    for (const nothing of ["name=nobody", "name=%E2%80%8B", "name=%F4%8F%BF%BF"])
      expect(await search(nothing)).to.deep.equal([]);
  });

  it("are found after the addresses that begin as asked, each account once", async () => {
    const byAddress = await search("prefix=0x0");
    const [first] = await search("name=ada");
    expect(byAddress).to.include(first);
    expect(await search("prefix=0x0&name=ada")).to.deep.equal(byAddress);
    expect(await search("prefix=0xf&name=ada")).to.deep.equal(await search("name=ada"));
  });
});
