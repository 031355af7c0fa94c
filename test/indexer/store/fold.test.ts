import { expect } from "chai";
import fc from "fast-check";
import { type Address, type Hex, padHex, toHex } from "viem";
import type { Db } from "../../../indexer/store/database.ts";
import { IntegrityError } from "../../../indexer/store/integrity.ts";
import { attestationRegistryAbi, campaignAbi, fraudProofAbi } from "../../../sdk/abi.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { type Block, chainOf } from "../node.ts";
import { dump } from "../running.ts";
import { accountOf, deployment, type Emitted, emit, FRAUD, FraudProof, MODEL, tell } from "../story.ts";
import { append, campaign, open } from "./opened.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 1, maxLength: 25 });

describe("the fold of events", () => {
  it("refuses a gap in a season's ledger and then changes nothing", () => {
    const { db, chain } = open();
    const [first, second, opening] = chainOf(tell([])) as [Block, Block, Block];
    chain.start(second);
    append(chain, [opening]);
    const before = dump(db);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 2n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [award] };
    expect(() => append(chain, [next]))
      .to.throw(IntegrityError)
      .with.property("message", "The ledger of season 1 goes from entry 0 to 2.");
    expect(dump(db)).to.deep.equal(before);
  });

  it("refuses points for a statement that was never recorded", () => {
    const { chain } = open();
    const [first, second, opening] = chainOf(tell([])) as [Block, Block, Block];
    chain.start(second);
    append(chain, [opening]);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 1n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [award] };
    expect(() => append(chain, [next])).to.throw(IntegrityError, "never recorded");
  });

  it("refuses points for a reason that no rule knows", () => {
    const { chain } = open();
    const [first, second, opening] = chainOf(tell([])) as [Block, Block, Block];
    chain.start(second);
    append(chain, [opening]);
    const subject = first.hash;
    const attested = emit(deployment.contracts.AttestationRegistry.address, attestationRegistryAbi, "BatchAttested", {
      ...{ id: subject, prover: accountOf(1), modelId: MODEL, method: FRAUD, count: 1, root: subject, traces: "0x" },
      context: padHex("0x00", { size: 32 }),
    });
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject, reason: 3, amount: 10n, seq: 1n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [attested, award] };
    expect(() => append(chain, [next])).to.throw(IntegrityError, "for reason 3, which no rule knows");
  });

  it("refuses points in a season that was never drafted", () => {
    const { chain } = open();
    const [first, second] = chainOf(tell([])) as [Block, Block];
    chain.start(first);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 1n },
    });
    expect(() => append(chain, [{ ...second, logs: [award] }])).to.throw(IntegrityError, "never drafted");
  });

  describe("of batches", () => {
    const registry = [deployment.contracts.AttestationRegistry.address, attestationRegistryAbi] as const;
    const hash = (n: number): Hex => padHex(toHex(n), { size: 32 });
    const [prover, challenger] = [accountOf(1), accountOf(2)];
    const batch = (id: Hex, unit: number, count: number, method = FRAUD) =>
      emit(...registry, "BatchAttested", {
        ...{ id, prover, method, count, root: hash(9), traces: "0x01" },
        modelId: MODEL,
        context: unitContext({ campaign: campaign.address, seasonId: 1n, taskId: 2n, unit: BigInt(unit) }),
      });
    const refuted = (id: Hex) =>
      emit(FraudProof.address, fraudProofAbi, "RowRefuted", {
        ...{ id, challenger, unit: 1n, layer: 0n, row: 3n, claimed: -1, correct: 4 },
      });
    const settled = (id: Hex, status: number) => emit(...registry, "StatusChanged", { id, status, by: challenger });
    const fold = (...logs: Emitted[]) => {
      const { db, chain } = open();
      const [, second, opening] = chainOf(tell([])) as [Block, Block, Block];
      chain.start(second);
      append(chain, [opening, { ...opening, number: 3, hash: hash(3), parentHash: opening.hash, logs }]);
      return db;
    };
    const tally = (db: Db, account: Address) =>
      db.prepare("SELECT pending, verified, refuted, caught FROM tallies WHERE account = ?").get(account);

    it("refuses a batch that was recorded before", () => {
      expect(() => fold(batch(hash(1), 0, 5), batch(hash(1), 7, 5))).to.throw(IntegrityError, "recorded twice");
    });

    it("refuses to open a batch's answer: it has none", () => {
      const opened = { outputHash: hash(4), traceHash: hash(5), salt: hash(6), inputHash: hash(7) };
      const context = unitContext({ campaign: campaign.address, seasonId: 1n, taskId: 2n, unit: 0n });
      const attested = emit(...registry, "Attested", {
        ...{ ...opened, uid: hash(1), prover, modelId: MODEL, context, method: FRAUD },
      });
      expect(() => fold(batch(hash(1), 0, 5), attested)).to.throw(IntegrityError, "revealed twice");
    });

    it("refuses a row of what was never recorded, or is settled, or was refuted before", () => {
      expect(() => fold(refuted(hash(1)))).to.throw(IntegrityError, "never recorded");
      const recorded = batch(hash(1), 0, 5);
      expect(() => fold(recorded, settled(hash(1), 2), refuted(hash(1)))).to.throw(IntegrityError, "settled already");
      expect(() => fold(recorded, refuted(hash(1)), refuted(hash(1)))).to.throw(IntegrityError, "settled already");
    });

    it("counts units, and each refutation once for its challenger", () => {
      const logs = [batch(hash(1), 0, 5), batch(hash(2), 5, 25), batch(hash(3), 0, 7)];
      const db = fold(...logs, settled(hash(2), 2), refuted(hash(3)), settled(hash(3), 3));
      expect(tally(db, prover)).to.deep.equal({ pending: 5, verified: 25, refuted: 7, caught: 0 });
      expect(tally(db, challenger)).to.deep.equal({ pending: 0, verified: 0, refuted: 0, caught: 1 });
    });

    it("doesn't count a batch that reaches beyond the task's cap, or of another method", () => {
      const db = fold(batch(hash(1), 26, 5), batch(hash(2), 0, 5, 1), batch(hash(3), 26, 4));
      expect(tally(db, prover)).to.deep.equal({ pending: 4, verified: 0, refuted: 0, caught: 0 });
    });
  });

  it("counts every account's units as its statements stand", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        append(chain, blocks);
        const counted = db
          .prepare(
            `SELECT season_id, account, pending, verified, refuted FROM tallies
             WHERE pending + verified + refuted > 0 ORDER BY season_id, account`,
          )
          .all();
        const recounted = db
          .prepare(
            `SELECT season_id, prover AS account, sum(iif(status = 1, count, 0)) AS pending,
               sum(iif(status = 2, count, 0)) AS verified, sum(iif(status = 3, count, 0)) AS refuted
             FROM statements WHERE season_id IS NOT NULL AND status < 4
             GROUP BY season_id, prover ORDER BY season_id, prover`,
          )
          .all();
        expect(counted).to.deep.equal(recounted);
      }),
      { numRuns: 40 },
    );
  });

  it("sums up every account's points by their reasons", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        append(chain, blocks);
        const summed = db
          .prepare(
            `SELECT season_id, account, by_prover, by_verifier, by_penalty FROM tallies
             WHERE by_prover <> 0 OR by_verifier <> 0 OR by_penalty <> 0 ORDER BY season_id, account`,
          )
          .all();
        const resummed = db
          .prepare(
            `SELECT * FROM (
               SELECT season_id, account, sum(iif(reason = 1, delta, 0)) AS by_prover,
                 sum(iif(reason = 2, delta, 0)) AS by_verifier, sum(iif(reason = 5, delta, 0)) AS by_penalty
               FROM ledger GROUP BY season_id, account)
             WHERE by_prover <> 0 OR by_verifier <> 0 OR by_penalty <> 0 ORDER BY season_id, account`,
          )
          .all();
        expect(summed).to.deep.equal(resummed);
      }),
      { numRuns: 30 },
    );
  });

  it("counts the statements of each minute by their methods", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        append(
          chain,
          blocks.map((block) => ({ ...block, timestamp: 20 * block.number })),
        );
        const recounted = db
          .prepare(
            `SELECT timestamp / 60 * 60 AS minute, method, count(*) AS count
             FROM statements JOIN blocks ON number = block_number GROUP BY 1, 2 ORDER BY 1, 2`,
          )
          .all();
        expect(db.prepare("SELECT * FROM activity ORDER BY minute, method").all()).to.deep.equal(recounted);
      }),
      { numRuns: 30 },
    );
  });

  it("is undone to the byte, at every block", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        const states = blocks.map((block) => {
          const before = dump(db);
          append(chain, [block]);
          return { before, number: block.number };
        });
        for (const { before, number } of states.toReversed()) {
          chain.rollback(number - 1);
          expect(dump(db)).to.deep.equal(before);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("gives the same rows after a detour over another fork", () => {
    fc.assert(
      fc.property(story, story, story, (common, lost, kept) => {
        const direct = open();
        const detour = open();
        const [, second, ...right] = chainOf(tell([...common, ...kept])) as [Block, Block, ...Block[]];
        const wrong = chainOf(tell([...common, ...lost]), "other", common.length + 3).slice(2);
        for (const { chain } of [direct, detour]) chain.start(second);
        append(direct.chain, right);
        append(detour.chain, wrong);
        detour.chain.rollback(common.length + 2);
        append(detour.chain, right.slice(common.length + 1));
        expect(dump(detour.db)).to.deep.equal(dump(direct.db));
      }),
      { numRuns: 40 },
    );
  });

  it("keeps each entry, the totals and the ledger's hash as the contract does", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, chain } = open();
        const [, second, ...blocks] = chainOf(tell(choices)) as [Block, Block, ...Block[]];
        chain.start(second);
        append(chain, blocks);
        for (const [seasonId, ledger] of (blocks.at(-1) as Block).ledgers) {
          const season = db
            .prepare("SELECT seq, participants, total_points, ledger_hash FROM seasons WHERE season_id = ?")
            .get(seasonId);
          expect(season).to.deep.equal({
            seq: Number(ledger.seq),
            participants: ledger.participants,
            total_points: Number(ledger.totalPoints),
            ledger_hash: ledger.ledgerHash,
          });
          const entries = db.prepare("SELECT account, points FROM entries WHERE season_id = ?").raw().all(seasonId);
          expect(new Map(entries as [string, number][])).to.deep.equal(
            new Map([...ledger.points].map(([account, points]) => [account, Number(points)])),
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});
