import { expect } from "chai";
import type { Address } from "viem";
import type {
  ActivityAnswer,
  ProfilesAnswer,
  Receipt,
  SearchAnswer,
  Standing,
  StandingsPage,
} from "../../../sdk/wire.ts";
import { choices } from "../running.ts";
import { onEachStore } from "../store/stores.ts";
import { chainTold, eventsIn } from "./served.ts";
import { openAnywhere, type ServedAnywhere } from "./served-anywhere.ts";
import { NOBODY } from "./site.ts";

onEachStore("what the page asks of a season", (store) => {
  let served: ServedAnywhere;
  let url: string;
  let standings: Standing[];
  before(async () => {
    served = await openAnywhere(chainTold(choices(150, 21)), store());
    url = await served.listen();
    standings = (await get<StandingsPage>("/v1/seasons/1/standings")).items;
  });
  after(() => served.close());

  async function get<T>(path: string): Promise<T> {
    const response = await fetch(url + path);
    expect(response.status, path).to.equal(200);
    return (await response.json()) as T;
  }
  async function refused(path: string, status: number, parameter?: string): Promise<void> {
    const response = await fetch(url + path);
    expect(response.status, path).to.equal(status);
    if (parameter) expect(await response.json(), path).to.include({ parameter });
  }

  it("refuses a place together with a cursor, and one that is none", async () => {
    const { next } = await get<StandingsPage>("/v1/seasons/1/standings?limit=2");
    await refused(`/v1/seasons/1/standings?place=2&cursor=${next}`, 400, "place");
    for (const place of ["0", "-1", "1e1", "1000000001"])
      await refused(`/v1/seasons/1/standings?place=${place}`, 400, "place");
  });

  it("begins a page at any place, and goes on from there", async () => {
    for (const place of [1, 2, 5, standings.length]) {
      const page = await get<StandingsPage>(`/v1/seasons/1/standings?place=${place}&limit=2`);
      expect(page.items).to.deep.equal(standings.slice(place - 1, place + 1));
      expect(page.total).to.equal(standings.length);
      if (page.next === null) expect(place + 1).to.be.at.least(standings.length);
      else
        expect((await get<StandingsPage>(`/v1/seasons/1/standings?cursor=${page.next}&limit=1`)).items).to.deep.equal(
          standings.slice(place + 1, place + 2),
        );
    }
    const beyond = await get<StandingsPage>(`/v1/seasons/1/standings?place=${standings.length + 1}`);
    expect([beyond.items, beyond.next]).to.deep.equal([[], null]);
  });

  for (const prefix of ["", "0", "0x", "0xg", `0x${"0".repeat(41)}`])
    it(`refuses to search for ${JSON.stringify(prefix)}`, () =>
      refused(`/v1/seasons/1/search?prefix=${prefix}`, 400, "prefix"));

  it("finds accounts by how they begin, in any case, in the order of their addresses", async () => {
    const inOrder = standings.toSorted((a, b) => (a.account.toLowerCase() < b.account.toLowerCase() ? -1 : 1));
    for (const { account } of standings)
      for (const prefix of [
        account,
        account.toLowerCase(),
        `0x${account.slice(2).toUpperCase()}`,
        account.slice(0, 41),
      ]) {
        const { items } = await get<SearchAnswer>(`/v1/seasons/1/search?prefix=${prefix}`);
        const begins = (one: Standing) => one.account.toLowerCase().startsWith(prefix.toLowerCase());
        expect(items, prefix).to.deep.equal(inOrder.filter(begins));
      }
    expect((await get<SearchAnswer>("/v1/seasons/1/search?prefix=0x0")).items).to.deep.equal(inOrder.slice(0, 20));
    expect((await get<SearchAnswer>("/v1/seasons/1/search?prefix=0xf")).items).to.deep.equal([]);
  });

  it("refuses profiles of no account, of too many, and of what is none", async () => {
    await refused("/v1/seasons/1/profiles", 400, "account");
    await refused("/v1/seasons/1/profiles?account=me", 400, "account");
    await refused(`/v1/seasons/1/profiles?${`account=${NOBODY}&`.repeat(101)}x`, 400, "account");
    await refused(`/v1/seasons/9/profiles?account=${NOBODY}`, 404);
  });

  it("explains why accounts have their points: the reasons add up, and are those of the receipts", async () => {
    const asked = standings.map(({ account }) => `account=${account.toLowerCase()}`).join("&");
    const { items } = await get<ProfilesAnswer>(`/v1/seasons/1/profiles?${asked}`);
    expect(items.map(({ account }) => account)).to.deep.equal(standings.map(({ account }) => account));
    for (const [i, { account, reasons }] of items.entries()) {
      const sum = reasons.reduce((total, { points }) => total + BigInt(points), 0n);
      expect(String(sum), account).to.equal(standings[i]?.points);
      const { items: receipts } = await get<{ items: Receipt[] }>(`/v1/accounts/${account}/receipts?season=1`);
      expect(new Set(receipts.map(({ reason }) => reason.name))).to.deep.equal(
        new Set(reasons.map(({ reason }) => reason.name)),
      );
    }
    const [nobody] = (await get<ProfilesAnswer>(`/v1/seasons/1/profiles?account=${NOBODY}`)).items;
    expect(nobody?.reasons).to.deep.equal([]);
  });

  it("gives where accounts stood at the end of each epoch", async () => {
    const accounts = [...standings.map(({ account }) => account), NOBODY as Address];
    const asked = accounts.map((account) => `account=${account}`).join("&");
    const { epochs, items } = await get<ProfilesAnswer>(`/v1/seasons/1/profiles?${asked}`);
    expect(epochs).to.have.lengthOf.above(5);
    expect(epochs.map(({ epoch }) => epoch)).to.deep.equal(epochs.map((_, i) => i + 1));
    for (const { account, history } of items)
      expect(history)
        .to.deep.equal(await served.history.standingsAt(1, account))
        .and.to.have.lengthOf(epochs.length);
    expect(items.at(-1)?.history.every((past) => past === null)).to.equal(true);
  });

  it("counts attestations recorded a minute by method", async () => {
    const { items } = await get<ActivityAnswer>("/v1/activity");
    const counts = new Map<string, number>();
    const recorded = new Set<string>();
    for (const block of served.blocks)
      for (const { eventName, args } of eventsIn(block)) {
        if (!/^(Committed|Attested|BatchAttested)$/.test(eventName)) continue;
        const { uid, id, method } = args as { uid?: string; id?: string; method: number };
        const name = String(uid ?? id);
        if (recorded.has(name)) continue;
        recorded.add(name);
        const minute = block.timestamp - (block.timestamp % 60);
        counts.set(`${minute} ${method}`, (counts.get(`${minute} ${method}`) ?? 0) + 1);
      }
    expect(
      Object.fromEntries(items.map(({ minute, method, count }) => [`${minute} ${method.id}`, count])),
    ).to.deep.equal(Object.fromEntries(counts));
    expect(items).to.deep.equal(items.toSorted((a, b) => a.minute - b.minute || a.method.id - b.method.id));
  });
});
