import { expect } from "chai";
import fc from "fast-check";
import { padHex } from "viem";
import { IntegrityError } from "../../../indexer/fold/step.ts";
import { attestationRegistryAbi, campaignAbi } from "../../../sdk/abi.ts";
import { type Block, chainOf } from "../node.ts";
import { append, campaign, open } from "../opened.ts";
import { dump } from "../running.ts";
import { accountOf, chaptersOf, deployment, emit, FRAUD, MODEL } from "../story.ts";

const story = fc.array(fc.array(fc.nat({ max: 2 ** 24 }), { maxLength: 15 }), { minLength: 1, maxLength: 25 });

describe("the fold of a ledger", () => {
  it("refuses a gap in a season's ledger and then changes nothing", () => {
    const { db, writer } = open();
    const [first, second, opening] = chainOf(chaptersOf([])) as [Block, Block, Block];
    writer.start(second);
    append(writer, [opening]);
    const before = dump(db);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 2n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [award] };
    expect(() => append(writer, [next]))
      .to.throw(IntegrityError)
      .with.property("message", "The ledger of season 1 goes from entry 0 to 2.");
    expect(dump(db)).to.deep.equal(before);
  });

  it("refuses points for an attestation that was never recorded", () => {
    const { writer } = open();
    const [first, second, opening] = chainOf(chaptersOf([])) as [Block, Block, Block];
    writer.start(second);
    append(writer, [opening]);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 1n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [award] };
    expect(() => append(writer, [next])).to.throw(IntegrityError, "never recorded");
  });

  it("refuses points for a reason that no rule knows", () => {
    const { writer } = open();
    const [first, second, opening] = chainOf(chaptersOf([])) as [Block, Block, Block];
    writer.start(second);
    append(writer, [opening]);
    const subject = first.hash;
    const attested = emit(deployment.contracts.AttestationRegistry.address, attestationRegistryAbi, "BatchAttested", {
      ...{ id: subject, prover: accountOf(1), modelId: MODEL, method: FRAUD, count: 1, root: subject, traces: "0x" },
      context: padHex("0x00", { size: 32 }),
    });
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject, reason: 3, amount: 10n, seq: 1n },
    });
    const next: Block = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash, logs: [attested, award] };
    expect(() => append(writer, [next])).to.throw(IntegrityError, "for reason 3, which no rule knows");
  });

  it("refuses more points than a season has, at once or together", () => {
    const { db, writer } = open();
    const [first, second, opening] = chainOf(chaptersOf([])) as [Block, Block, Block];
    writer.start(second);
    const subject = first.hash;
    const attested = emit(deployment.contracts.AttestationRegistry.address, attestationRegistryAbi, "BatchAttested", {
      ...{ id: subject, prover: accountOf(1), modelId: MODEL, method: FRAUD, count: 1, root: subject, traces: "0x" },
      context: padHex("0x00", { size: 32 }),
    });
    append(writer, [{ ...opening, logs: [...opening.logs, attested] }]);
    const before = dump(db);
    const most = 2n ** 63n - 1n;
    const award = (amount: bigint, n: number) =>
      emit(campaign.address, campaignAbi, "PointsAwarded", {
        ...{ seasonId: 1n, account: accountOf(n), subject, reason: 1, amount, seq: BigInt(n) },
      });
    const next = { ...opening, number: 3, hash: first.hash, parentHash: opening.hash };
    for (const logs of [[award(most + 1n, 1)], [award(2n ** 64n - 1n, 1)], [award(most, 1), award(1n, 2)]]) {
      expect(() => append(writer, [{ ...next, logs }])).to.throw(IntegrityError, "more than a season has");
      expect(dump(db)).to.deep.equal(before);
    }
    append(writer, [{ ...next, logs: [award(most, 1)] }]);
  });

  it("refuses points in a season that was never drafted", () => {
    const { writer } = open();
    const [first, second] = chainOf(chaptersOf([])) as [Block, Block];
    writer.start(first);
    const award = emit(campaign.address, campaignAbi, "PointsAwarded", {
      ...{ seasonId: 1n, account: accountOf(1), subject: first.hash, reason: 1, amount: 10n, seq: 1n },
    });
    expect(() => append(writer, [{ ...second, logs: [award] }])).to.throw(IntegrityError, "never drafted");
  });

  it("sums up every account's points by their reasons", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, writer } = open();
        const [, second, ...blocks] = chainOf(chaptersOf(choices)) as [Block, Block, ...Block[]];
        writer.start(second);
        append(writer, blocks);
        const summed = db
          .prepare(
            `SELECT season_id, account, by_prover, by_verifier, by_penalty FROM entries
             WHERE by_prover <> 0 OR by_verifier <> 0 OR by_penalty <> 0 ORDER BY season_id, account COLLATE BINARY`,
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

  it("keeps each entry, the totals and the ledger's hash as the contract does", () => {
    fc.assert(
      fc.property(story, (choices) => {
        const { db, writer } = open();
        const [, second, ...blocks] = chainOf(chaptersOf(choices)) as [Block, Block, ...Block[]];
        writer.start(second);
        append(writer, blocks);
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
          const entries = db
            .prepare("SELECT account, points FROM entries WHERE season_id = ? AND last_seq > 0")
            .raw()
            .all(seasonId);
          expect(new Map(entries as [string, number][])).to.deep.equal(
            new Map([...ledger.points].map(([account, points]) => [account, Number(points)])),
          );
        }
      }),
      { numRuns: 40 },
    );
  });
});
