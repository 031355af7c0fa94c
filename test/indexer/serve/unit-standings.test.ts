import { expect } from "chai";
import type { AttestationSummary, AttestationsPage, UnitStanding, UnitStandingsPage } from "../../../sdk/wire.ts";
import { onEachStore } from "../store/stores.ts";
import { MODEL } from "../story.ts";
import { openSite, type Site } from "./site.ts";

onEachStore("standings by task and by model", (store) => {
  let site: Site;
  let attestations: AttestationSummary[];
  const get = async <T>(path: string): Promise<T> => (await site.get(path)).body as T;
  before(async () => {
    site = await openSite(store());
    attestations = [];
    for (let next: string | null = ""; next !== null; ) {
      const page: AttestationsPage = await get(`/v1/attestations${next && `?cursor=${next}`}`);
      attestations.push(...page.items);
      next = page.next;
    }
  });
  after(() => site.close());

  /** Units of each account that fit, counted here, the most first. */
  function counted(
    fits: (one: AttestationSummary) => boolean,
  ): Pick<UnitStanding, "account" | "verified" | "refuted">[] {
    const byAccount = Map.groupBy(
      attestations.filter((one) => one.counts && fits(one)),
      ({ prover }) => prover,
    );
    const unitsOf = (own: AttestationSummary[], status: string) =>
      own.reduce((sum, one) => (one.status === status ? sum + one.count : sum), 0);
    return [...byAccount]
      .map(([account, own]) => ({ account, verified: unitsOf(own, "verified"), refuted: unitsOf(own, "refuted") }))
      .filter(({ verified }) => verified > 0)
      .sort((a, b) => b.verified - a.verified || (a.account < b.account ? 1 : -1));
  }

  const ofTask = (task: string) => (one: AttestationSummary) => one.unit?.seasonId === "1" && one.unit.taskId === task;
  const parts: [path: string, fits: (one: AttestationSummary) => boolean][] = [
    ["tasks/2", ofTask("2")],
    ["tasks/1", ofTask("1")],
    [`models/${MODEL}`, (one) => one.unit?.seasonId === "1" && one.modelId === MODEL],
  ];

  for (const [path, fits] of parts)
    it(`have the accounts with verified units of ${path.slice(0, 8)}, ranked by them`, async () => {
      const { items, total, next, asOf } = await get<UnitStandingsPage>(`/v1/seasons/1/${path}/standings`);
      const expected = counted(fits);
      expect(items.map(({ account, verified, refuted }) => ({ account, verified, refuted }))).to.deep.equal(expected);
      expect([total, next]).to.deep.equal([expected.length, null]);
      expect(asOf.seq).to.not.equal(null);
      for (const { rank, place, verified } of items) {
        expect(rank).to.equal(1 + expected.filter((one) => one.verified > verified).length);
        expect(items[place - 1]?.place).to.equal(place);
      }
    });

  it("are the same page by page, whatever a page's size, and share ranks across pages", async () => {
    const [path] = parts[0] as (typeof parts)[number];
    const whole = (await get<UnitStandingsPage>(`/v1/seasons/1/${path}/standings`)).items;
    expect(whole).to.have.length.above(3);
    for (const limit of [1, 2, 3]) {
      const paged: UnitStanding[] = [];
      for (let next: string | null = ""; next !== null; ) {
        const page: UnitStandingsPage = await get(
          `/v1/seasons/1/${path}/standings?limit=${limit}${next && `&cursor=${next}`}`,
        );
        expect(page.items).to.have.length.within(1, limit);
        paged.push(...page.items);
        next = page.next;
      }
      expect(paged).to.deep.equal(whole);
    }
  });

  it("refuse a cursor of another list, and tasks and models that the season hasn't", async () => {
    const { next } = await get<UnitStandingsPage>("/v1/seasons/1/tasks/2/standings?limit=1");
    const other = await site.get(`/v1/seasons/1/tasks/1/standings?cursor=${next}`);
    expect([other.status, other.body.detail]).to.deep.equal([400, "The parameter cursor is of 1/2, not 1/1."]);
    for (const [path, detail] of [
      ["tasks/9", "Season 1 has no task 9."],
      [`models/0x${"00".repeat(32)}`, `Season 1 has no task with the model 0x${"00".repeat(32)}.`],
    ]) {
      const { status, body } = await site.get(`/v1/seasons/1/${path}/standings`);
      expect([status, body.detail]).to.deep.equal([404, detail]);
    }
    expect((await site.get("/v1/seasons/99/tasks/1/standings")).status).to.equal(404);
  });
});
