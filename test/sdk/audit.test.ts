import { expect } from "chai";
import { type AbiEvent, decodeEventLog, encodeAbiParameters, toEventSelector } from "viem";
import { attestationRegistryAbi, campaignAbi, rewardsAbi, standingsAbi } from "../../sdk/abi.ts";
import type { Part } from "../../sdk/audit/read.ts";
import { type AuditJournal, auditSeason, type SeasonAudit } from "../../sdk/audit.ts";
import { refusal } from "../participant/refusal.ts";
import { createRandom } from "../simulator/random.ts";
import { type Oddity, oddly, type ToldLog } from "./audit/node.ts";
import { type PlayedSeason, playSeason } from "./audit/season.ts";

const abi = [...attestationRegistryAbi, ...campaignAbi, ...standingsAbi, ...rewardsAbi];
const eventOf = (name: string) => abi.find((item) => item.type === "event" && item.name === name) as AbiEvent;
const isEvent = (name: string, { topics }: ToldLog) => topics[0] === toEventSelector(eventOf(name));

/** Tells the first event of this name with other fields; those that are indexed stay. */
function forge(name: string, change: (args: Record<string, unknown>) => Record<string, unknown>) {
  let isDone = false;
  return (logs: ToldLog[]): ToldLog[] =>
    logs.map((log) => {
      if (isDone || !isEvent(name, log)) return log;
      isDone = true;
      const { args } = decodeEventLog({ abi: [eventOf(name)], ...(log as { topics: []; data: "0x" }) });
      const changed = { ...(args as object), ...change(args as unknown as Record<string, unknown>) };
      const inputs = eventOf(name).inputs.filter(({ indexed }) => !indexed);
      const values = inputs.map((input) => (changed as Record<string, unknown>)[input.name as string]);
      return { ...log, data: encodeAbiParameters(inputs, values) };
    });
}

/** Leaves out the first event of this name. */
function omit(name: string) {
  let isDone = false;
  return (logs: ToldLog[]): ToldLog[] =>
    logs.filter((log) => {
      if (isDone || !isEvent(name, log)) return true;
      isDone = true;
      return false;
    });
}

/** A journal in memory. */
function remember(): AuditJournal & { kept: Part[] } {
  const kept: Part[] = [];
  return {
    kept,
    blocks: async () => kept.map(({ block }) => block),
    async keep(count) {
      kept.length = count;
    },
    async *parts() {
      yield* kept;
    },
    async append(part) {
      kept.push(part);
    },
  };
}

describe("audit", () => {
  let season: PlayedSeason;
  const audit = (oddity: Oddity = {}, journal?: AuditJournal): Promise<SeasonAudit> =>
    auditSeason(oddly(season.client, oddity), season.seasonId, () => {}, { journal });

  describe("of a season that is played", () => {
    before(async () => {
      season = await playSeason();
      await season.play(60);
    });
    after(() => season.stop());

    it("refuses a season and a block that aren't there", async () => {
      expect(await refusal(auditSeason(season.client, 9n))).to.equal("There is no season 9; the last one is 1.");
      const far = auditSeason(season.client, 1n, undefined, { blockNumber: 9_999n });
      expect(await refusal(far)).to.equal("The RPC has no block 9999.");
    });

    it("refuses a chain that is replaced again and again while it is read", async () => {
      let hash = 0;
      const answer = (method: string, result: unknown) =>
        method === "eth_getBlockByNumber"
          ? { ...(result as object), hash: `0x${String(++hash).padStart(64, "0")}` }
          : result;
      expect(await refusal(audit({ answer }))).to.match(/^Block \d+ was replaced while the chain was read, 5 times/);
    });

    const lies: [string, RegExp, Oddity["logs"]][] = [
      ["leaves out an attestation", /which no event records for a unit of this season/, omit("Attested")],
      ["leaves out points", /^The ledger goes from seq 0 to seq 2; 1 is missing/, omit("PointsAwarded")],
      ["leaves out a penalty", /is missing or out of place/, omit("PointsBurned")],
      ["tells of other points", /^Ledger hash: the events give/, forge("PointsAwarded", () => ({ amount: 9n }))],
      ["tells of another reason", /^Ledger hash: the events give/, forge("PointsAwarded", () => ({ reason: 2 }))],
      [
        "tells of another unit",
        /^BatchAttested in .* its fields have the digest/,
        forge("BatchAttested", () => ({ count: 9 })),
      ],
      [
        "tells of other terms",
        /^The rewards' terms can't be decoded/,
        forge("RewardsEscrowed", () => ({ terms: "0x00" })),
      ],
      ["hides the escrow", /^Rewards holds 971 for the season; by its events it is 0/, omit("RewardsEscrowed")],
    ];
    for (const [what, sentence, logs] of lies)
      it(`names the difference when a node ${what}`, async () => {
        expect((await audit(logs && { logs })).differences.join("\n")).to.match(new RegExp(sentence.source, "m"));
      });

    it("says when headers don't hash to their names", async () => {
      const answer = (method: string, result: unknown) =>
        method === "eth_getBlockByNumber" ? { ...(result as object), gasUsed: "0x1" } : result;
      const { differences, notChecked } = await audit({ answer });
      expect(differences).to.deep.equal([]);
      expect(notChecked.at(-1)).to.match(/^Headers: The header of block \d+ hashes to 0x/);
    });

    it("finds it whole, and says how it stands", async () => {
      const found = await audit();
      expect(found.differences).to.deep.equal([]);
      expect(found.end?.isFrozen).to.equal(false);
      expect(found.end?.rewards).to.include({ escrowed: 971n, held: 971n, claims: 0 });
      expect(found.outcomes.unburned + found.outcomes.burned).to.be.greaterThan(0);
      expect(found.resumedAt).to.equal(undefined);
    });

    it("finds it as whole by a node that refuses what is large", async () => {
      const usual = await audit();
      const found = await audit({ mostBlocks: 7, mostCallBytes: 7_500 });
      expect({ ...found, paid: 0, entries: [...found.entries] }).to.deep.equal({
        ...{ ...usual, paid: 0, entries: [...usual.entries] },
      });
      expect([...found.paid()]).to.deep.equal([...usual.paid()]);
    });

    it("reads the chain as it was at a block", async () => {
      const now = await audit();
      const entries = [...now.entries];
      const { blockNumber } = entries[entries.length >> 1] as (typeof entries)[number];
      const then = await auditSeason(season.client, season.seasonId, undefined, { blockNumber });
      expect(then.differences).to.deep.equal([]);
      expect([...then.entries]).to.deep.equal(entries.filter((entry) => entry.blockNumber <= blockNumber));
    });

    it("goes on where it was interrupted", async () => {
      const journal = remember();
      const before = () => {
        if (journal.kept.length === 3) throw new Error("gone");
      };
      expect(await refusal(audit({ before, mostBlocks: 7 }, journal))).to.contain("gone");
      const { block } = journal.kept[2] as Part;
      const found = await audit({ mostBlocks: 7 }, journal);
      expect(found.resumedAt).to.equal(block.number);
      expect(found.differences).to.deep.equal([]);
      expect([...found.entries]).to.deep.equal([...(await audit()).entries]);
    });

    it("begins again when blocks are replaced while it reads", async () => {
      for (const journal of [undefined, remember()]) {
        let reads = 0;
        const before = async (method: string) => {
          if (method === "eth_getLogs" && ++reads === 20) await season.reorganise(12);
        };
        const found = await audit({ before, mostBlocks: 7 }, journal);
        const usual = await audit();
        expect(found.differences).to.deep.equal([]);
        expect(found.blockHash).to.equal(usual.blockHash);
        expect([...found.entries]).to.deep.equal([...usual.entries]);
      }
    });
  });

  it("agrees with random seasons, kept up through their reorganisations", async () => {
    for (const seed of [2, 3]) {
      season = await playSeason({ seed });
      try {
        const random = createRandom(seed);
        const journal = remember();
        await season.play(30);
        for (let i = 0; i < 6; i++) {
          await season.play(random.between(0, 8));
          if (random.chance(0.7)) await season.reorganise(random.between(1, 15));
          const kept = await audit({ mostBlocks: random.between(3, 40) }, journal);
          expect(kept.differences).to.deep.equal([]);
          expect([...kept.entries]).to.deep.equal([...(await audit()).entries]);
        }
      } finally {
        await season.stop();
      }
    }
  });

  for (const byPoints of [false, true])
    describe(`of a season that ended, its pool split by ${byPoints ? "points" : "rank"}`, () => {
      before(async () => {
        season = await playSeason({ seed: 4, byPoints });
        await season.play(50);
        await season.freeze();
        const { standings } = (await audit()).ledger;
        // Somebody begins, and leaves it.
        await season.post(standings.slice(0, 3), 3, 1);
        await season.post(standings, 5);
        const nextRank = (place: number) =>
          standings.find(({ rank }) => rank > (standings[place - 1]?.rank as number))?.place ?? 0;
        const places = byPoints
          ? [1, 2, 4].map((place) => ({ place, next: 0 }))
          : [
              { place: 1, next: nextRank(1) },
              { place: 2, next: nextRank(nextRank(2)) },
            ];
        await season.claim(standings, 5, places);
      });
      after(() => season.stop());

      const lies: [string, RegExp, Oddity["logs"]][] = [
        [
          "freezes other points",
          /SeasonFrozen says that the frozen season's totalPoints is 5;/,
          forge("SeasonFrozen", () => ({ totalPoints: 5n })),
        ],
        ["leaves out the freeze", /The season is frozen; 0 events say so/, omit("SeasonFrozen")],
        ["leaves out the end", /The order is final; 0 events say so/, omit("SeasonFinalised")],
        [
          "posts in another order",
          /^Place 1 of the final order has 0x\w+; by the ledger it has 0x/,
          (logs) =>
            forgeAll("StandingsPosted", logs, ({ accounts }) => ({ accounts: [...(accounts as string[])].reverse() })),
        ],
        [
          "posts another root",
          /^The chunk from place 1 on has the root 0x\w+; StandingsPosted says 0x00/,
          (logs) => forgeAll("StandingsPosted", logs, () => ({ chunkRoot: `0x${"00".repeat(32)}` })),
        ],
        [
          "posts elsewhere",
          /was posted where place 1 comes next/,
          (logs) => forgeAll("StandingsPosted", logs, ({ firstRank }) => ({ firstRank: Number(firstRank) + 1 })),
        ],
        [
          "claims more",
          byPoints ? /claimed 900; by the terms it is \d+/ : /claimed 900; by the terms it is 600/,
          forge("RewardClaimed", () => ({ amount: 900n })),
        ],
        [
          "claims as another rank",
          /claimed as rank 7; by the ledger its rank is 1/,
          forge("RewardClaimed", () => ({ rank: 7 })),
        ],
        ["leaves out a claim", /^Rewards holds \d+ for the season; by its events it is/, omit("RewardClaimed")],
        [
          "claims twice",
          /claimed twice/,
          (logs) => logs.flatMap((log) => (isEvent("RewardClaimed", log) ? [log, log] : [log])),
        ],
        [
          "pays the poster more",
          /^The poster was paid 51; by the terms it is 50/,
          forge("PosterPaid", () => ({ amount: 51n })),
        ],
      ];
      for (const [what, sentence, logs] of lies)
        it(`names the difference when a node tells that it ${what}`, async () => {
          expect((await audit(logs && { logs })).differences.join("\n")).to.match(new RegExp(sentence.source, "m"));
        });

      it("finds freeze, final chunks and claims as they must be", async () => {
        const { differences, end, ledger } = await audit();
        expect(differences).to.deep.equal([]);
        expect(end?.isFrozen).to.equal(true);
        expect(end?.final).to.include({ participants: ledger.standings.length });
        expect(end?.final?.chunks).to.equal(Math.ceil(ledger.standings.length / 5));
        expect(end?.rewards).to.include({ posterPaid: 50n, claims: byPoints ? 3 : 2, returned: 0n });
      });

      it("says what it didn't check where a deployment has no such contracts", async () => {
        const { Standings: _standings, Rewards: _rewards, ...contracts } = season.client.deployment.contracts;
        const deployment = { ...season.client.deployment, contracts } as typeof season.client.deployment;
        const { differences, end, notChecked } = await auditSeason({ ...season.client, deployment }, season.seasonId);
        expect(differences).to.deep.equal([]);
        expect(end).to.equal(undefined);
        expect(notChecked[0]).to.contain("the deployment names no Standings");
      });
    });
});

/** Tells all events of this name with other fields. */
function forgeAll(name: string, logs: ToldLog[], change: Parameters<typeof forge>[1]): ToldLog[] {
  return logs.flatMap((log) => forge(name, change)([log]));
}
