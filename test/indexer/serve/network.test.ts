import { expect } from "chai";
import fc from "fast-check";
import { spreadOf } from "../../../indexer/serve/network.ts";
import type {
  AttestationAnswer,
  AttestationSummary,
  AttestationsPage,
  NetworkAnswer,
  ProfilesAnswer,
  SeasonAnswer,
  StandingsPage,
} from "../../../sdk/wire.ts";
import { onEachStore } from "../store/stores.ts";
import { openSite, type Site } from "./site.ts";

onEachStore("a season as a test of the network", (store) => {
  let site: Site;
  let answer: NetworkAnswer;
  let own: AttestationSummary[];
  const get = async <T>(path: string): Promise<T> => (await site.get(path)).body as T;
  before(async () => {
    site = await openSite(store());
    answer = await get<NetworkAnswer>("/v1/seasons/1/network");
    const { item } = await get<SeasonAnswer>("/v1/seasons/1");
    const all: AttestationSummary[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page: AttestationsPage = await get(`/v1/attestations${next && `?cursor=${next}`}`);
      all.push(...page.items);
      next = page.next;
    }
    own = all.filter(
      ({ counts, unit, attested }) =>
        counts && unit?.seasonId === "1" && attested.timestamp >= (item.startsAt as number),
    );
    expect(own).to.not.deep.equal([]);
  });
  after(() => site.close());

  it("is unknown of a season that isn't there", async () => {
    expect((await site.get("/v1/seasons/99/network")).status).to.equal(404);
  });

  it("counts what became of every attestation, by method, and how long Verified took", () => {
    expect(answer.isWhole).to.equal(true);
    for (const { method, statuses, toVerified } of answer.methods) {
      const those = own.filter((one) => one.method.id === method.id);
      expect(those).to.not.deep.equal([]);
      for (const { status, attestations, units } of statuses) {
        const found = those.filter((one) => one.status === status);
        expect(attestations).to.equal(found.length);
        expect(units).to.equal(found.reduce((sum, { count }) => sum + count, 0));
      }
      expect(statuses.reduce((sum, { attestations }) => sum + attestations, 0)).to.equal(those.length);
      const times = those.flatMap(({ status, attested, settled }) =>
        status === "verified" && settled ? [settled.timestamp - attested.timestamp] : [],
      );
      expect(toVerified).to.deep.equal(spreadOf(times));
    }
    expect(new Set(answer.methods.map(({ method }) => method.id))).to.deep.equal(
      new Set(own.map(({ method }) => method.id)),
    );
  });

  it("has tenths one after the other, with who proved in each", () => {
    for (const [i, { startsAt, endsAt, attestations, provers }] of answer.tenths.entries()) {
      expect(startsAt).to.equal(answer.tenths[i - 1]?.endsAt ?? startsAt);
      const those = own.filter(({ attested: { timestamp } }) => timestamp >= startsAt && timestamp < endsAt);
      expect([attestations, provers]).to.deep.equal([those.length, new Set(those.map(({ prover }) => prover)).size]);
    }
  });

  it("says what caught lies cost in points, as the accounts' penalties do", async () => {
    const { items } = await get<StandingsPage>("/v1/seasons/1/standings?limit=100");
    const query = items.map(({ account }) => `account=${account}`).join("&");
    const profiles = await get<ProfilesAnswer>(`/v1/seasons/1/profiles?${query}`);
    const penalties = profiles.items.flatMap(({ reasons }) =>
      reasons.flatMap(({ reason, points }) => (reason.name === "penalty" ? [BigInt(points)] : [])),
    );
    expect(BigInt(answer.burned)).to.equal(-penalties.reduce((sum, points) => sum + points, 0n));
    expect(answer.burned).to.not.equal("0");
  });

  it("counts the seats whose members lost bond without a vote, where there are seats", async () => {
    for (const { method, missedSeats } of answer.methods) {
      const those = own.filter((one) => one.method.id === method.id);
      const lost: bigint[] = [];
      for (const { uid } of those) {
        const { steps } = (await get<AttestationAnswer>(`/v1/attestations/${uid}`)).item;
        const voters = new Set(steps.flatMap((step) => (step.step === "voteRevealed" ? [step.by] : [])));
        for (const step of steps)
          if (step.step === "penalised" && !voters.has(step.account)) lost.push(BigInt(step.amount));
      }
      if (missedSeats === null) expect(lost).to.deep.equal([]);
      else
        expect(missedSeats).to.deep.equal({
          ...{ attestations: those.length, seats: lost.length },
          lost: String(lost.reduce((sum, amount) => sum + amount, 0n)),
        });
    }
  });
});

describe("what a season's units cost, and who serves its models", () => {
  let site: Site;
  const ask = async (): Promise<NetworkAnswer> => (await site.get("/v1/seasons/1/network")).body;
  beforeEach(async () => {
    site = await openSite();
  });
  afterEach(() => site.close());

  it("is null while the node doesn't tell what transactions used, and is not asked for all the time", async () => {
    site.node.fault = (method) => (method === "eth_getTransactionReceipt" ? { result: null } : undefined);
    for (let times = 0; times < 2; times++) for (const { gas } of (await ask()).methods) expect(gas).to.equal(null);
    const asked = site.node.requests.filter(({ method }) => method === "eth_getTransactionReceipt");
    const hashes = asked.map(({ params }) => params[0]);
    expect(hashes).to.have.length.above(0);
    expect(new Set(hashes).size).to.equal(hashes.length);
  });

  it("is the gas of all transactions about some final attestations, by what they were for, asked once", async () => {
    const { methods } = await ask();
    let checked = 0;
    for (const { method, gas } of methods) {
      if (gas === null) continue;
      expect(gas.attestations).to.be.within(1, 20);
      expect(gas.units).to.be.at.least(gas.attestations);
      const sum = gas.steps.reduce((total, { perUnit }) => total + perUnit, 0);
      expect(sum, method.name).to.be.closeTo(gas.perUnit, gas.steps.length);
      for (const { step, transactions, perUnit } of gas.steps) {
        expect(step).to.match(/^[a-z][A-Za-z]+$/);
        // What the simulated node says of each: 21,000 to 121,000.
        expect(perUnit * gas.units).to.be.within(20_000 * transactions, 121_000 * transactions + gas.units);
      }
      checked++;
    }
    expect(checked).to.be.above(0);
    const before = site.node.requests.length;
    expect((await ask()).methods).to.deep.equal(methods);
    const again = site.node.requests.slice(before).map(({ method }) => method);
    expect(again).to.not.include("eth_getTransactionReceipt");
  });

  it("names each model of the season's tasks, and where its file is", async () => {
    const { content } = await ask();
    const { item } = (await site.get("/v1/seasons/1")).body as SeasonAnswer;
    const models = [...new Set(item.tasks.map(({ modelId }) => modelId))];
    expect(content.map(({ modelId }) => modelId)).to.deep.equal(models);
    for (const one of content)
      expect(one).to.deep.include({ onChain: false }).and.have.nested.property("sources[0].source", "here");
  });
});

describe("the spread of times", () => {
  it("is none of nothing", () => {
    expect(spreadOf([])).to.equal(null);
  });

  it("is of the nearest rank: half, and nine of ten, are at most so much, and it is one of them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { minLength: 1, maxLength: 60 }), (values) => {
        const { median, p90 } = spreadOf(values) as NonNullable<ReturnType<typeof spreadOf>>;
        for (const [share, value] of [
          [5, median],
          [9, p90],
        ] as const) {
          expect(values).to.include(value);
          expect(values.filter((one) => one <= value).length * 10).to.be.at.least(share * values.length);
          expect(values.filter((one) => one < value).length * 10).to.be.below(share * values.length);
        }
      }),
    );
  });
});
