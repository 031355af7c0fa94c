import { expect } from "chai";
import fc from "fast-check";
import { type Address, type Hex, padHex, toHex } from "viem";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import type { Db } from "../../../indexer/store/sqlite/database.ts";
import { attestationRegistryAbi } from "../../../sdk/abi.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { fraudProofAbi } from "../../../sdk/methods/fraudProof.ts";
import { quorumAbi } from "../../../sdk/methods/quorum.ts";
import { type Block, chainOf } from "../node.ts";
import { append, campaign, open } from "../opened.ts";
import { accountOf, chaptersOf, deployment, type Emitted, emit, FRAUD, FraudProof, MODEL, Quorum } from "../story.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 1, maxLength: 25 });

describe("the fold of attestations", () => {
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
      const { db, writer } = open();
      const [, second, opening] = chainOf(chaptersOf([])) as [Block, Block, Block];
      writer.start(second);
      append(writer, [opening, { ...opening, number: 3, hash: hash(3), parentHash: opening.hash, logs }]);
      return db;
    };
    const tally = (db: Db, account: Address) =>
      db.prepare("SELECT pending, verified, refuted, caught FROM entries WHERE account = ?").get(account);

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

  it("counts every account's units as its attestations stand", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, writer } = open();
        const [, second, ...blocks] = chainOf(chaptersOf(choices)) as [Block, Block, ...Block[]];
        writer.start(second);
        append(writer, blocks);
        const counted = db
          .prepare(
            `SELECT season_id, account, pending, verified, refuted FROM entries
             WHERE pending + verified + refuted > 0 ORDER BY season_id, account COLLATE BINARY`,
          )
          .all();
        const recounted = db
          .prepare(
            `SELECT season_id, prover AS account, sum(iif(status = 1, count, 0)) AS pending,
               sum(iif(status = 2, count, 0)) AS verified, sum(iif(status = 3, count, 0)) AS refuted
             FROM attestations WHERE season_id IS NOT NULL AND status < 4
             GROUP BY season_id, prover ORDER BY season_id, prover`,
          )
          .all();
        expect(counted).to.deep.equal(recounted);
      }),
      { numRuns: 40 },
    );
  });

  describe("of a refuted attestation under Quorum", () => {
    const hash = (n: number): Hex => padHex(toHex(n), { size: 32 });
    const [right, wrong] = [hash(1), hash(2)];
    const registry = [deployment.contracts.AttestationRegistry.address, attestationRegistryAbi] as const;
    const context = unitContext({ campaign: campaign.address, seasonId: 1n, taskId: 1n, unit: 0n });
    /** Who is credited where this output was revealed and this came after the votes. */
    const creditedFor = (revealed: Hex, ...after: Emitted[]): unknown[] => {
      const { db, writer } = open();
      const [, second, opening] = chainOf(chaptersOf([])) as [Block, Block, Block];
      writer.start(second);
      const attested = emit(...registry, "Attested", {
        ...{ uid: hash(9), prover: accountOf(1), modelId: MODEL, inputHash: hash(3), outputHash: revealed },
        ...{ traceHash: hash(0), context, salt: hash(4), method: 1 },
      });
      const votes = [
        [1, 2, wrong],
        [1, 3, wrong],
        [1, 4, right],
        [2, 5, right],
        [2, 6, right],
        [2, 7, wrong],
      ] as const;
      const revealedVotes = votes.map(([round, member, outputHash]) =>
        emit(deployment.contracts.Quorum?.address as Address, quorumAbi, "VoteRevealed", {
          ...{ uid: hash(9), round, member: accountOf(member), outputHash },
        }),
      );
      const refuted = emit(...registry, "StatusChanged", { id: hash(9), status: 3, by: accountOf(8) });
      const logs = [attested, ...revealedVotes, ...after, refuted];
      append(writer, [opening, { ...opening, number: 3, hash: hash(7), parentHash: opening.hash, logs }]);
      return db.prepare("SELECT account FROM entries WHERE caught = 1 ORDER BY account").pluck().all();
    };

    it("credits members of any round who voted for what the last one found, and nobody where that was revealed", () => {
      expect(creditedFor(wrong)).to.have.members([4, 5, 6].map(accountOf));
      expect(creditedFor(right)).to.deep.equal([]);
    });

    it("credits only who refuted a row where the prover had shown its run", () => {
      const shown = emit(Quorum.address, quorumAbi, "RunShown", { uid: hash(9), until: 40n, trace: "0x01" });
      const row = { unit: 0n, layer: 1n, row: 2n, claimed: -7, correct: 12 };
      const refuted = emit(FraudProof.address, fraudProofAbi, "RowRefuted", {
        ...{ id: hash(9), challenger: accountOf(10), ...row },
      });
      expect(creditedFor(wrong, shown, refuted)).to.deep.equal([accountOf(10)]);
    });
  });

  it("credits who voted for what the last round found, or showed a wrong row, with each refutation", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, writer } = open();
        const [, second, ...blocks] = chainOf(chaptersOf(choices)) as [Block, Block, ...Block[]];
        writer.start(second);
        append(writer, blocks);
        const credited = db
          .prepare(
            "SELECT season_id, account, caught FROM entries WHERE caught > 0 ORDER BY season_id, account COLLATE BINARY",
          )
          .all();
        const found = db
          .prepare(
            `WITH each_vote AS (
               SELECT uid, value ->> 'round' AS round, value ->> 'member' AS member, value ->> 'outputHash' AS output_hash
               FROM votes, json_each(votes.votes))
             SELECT season_id, account, count(*) AS caught FROM (
               SELECT uid, season_id, challenger AS account FROM attestations JOIN disputes USING (uid) WHERE status = 3
               UNION
               SELECT s.uid, season_id, member FROM attestations s JOIN each_vote v USING (uid)
               WHERE status = 3 AND s.uid NOT IN (SELECT uid FROM disputes)
               AND v.output_hash <> s.output_hash AND v.output_hash = (
                 SELECT output_hash FROM each_vote WHERE uid = s.uid
                 AND round = (SELECT max(round) FROM each_vote WHERE uid = s.uid)
                 GROUP BY output_hash ORDER BY count(*) DESC, output_hash LIMIT 1))
             WHERE season_id IS NOT NULL GROUP BY season_id, account ORDER BY season_id, account`,
          )
          .all();
        expect(credited).to.deep.equal(found);
      }),
      { numRuns: 60 },
    );
  });

  it("counts the attestations of each minute by their methods", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, writer } = open();
        const timeOf = (block: number) => 1_000 + 20 * block;
        const chapters = chaptersOf(choices, (chapter) => timeOf(chapter + 2));
        const [, second, ...blocks] = chainOf(chapters) as [Block, Block, ...Block[]];
        writer.start(second);
        append(
          writer,
          blocks.map((block) => ({ ...block, timestamp: timeOf(block.number) })),
        );
        const recounted = db
          .prepare(
            `SELECT timestamp / 60 * 60 AS minute, method, count(*) AS count
             FROM attestations JOIN blocks ON number = block_number GROUP BY 1, 2 ORDER BY 1, 2`,
          )
          .all();
        expect(db.prepare("SELECT * FROM activity ORDER BY minute, method").all()).to.deep.equal(recounted);
      }),
      { numRuns: 30 },
    );
  });
});
