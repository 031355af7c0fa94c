import { expect } from "chai";
import { type Hex, toHex } from "viem";
import { isWorkOver, tallyOf, type Work } from "../../participant/tally.ts";
import type { View } from "../../participant/view.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { accountOf } from "./chain.ts";

const campaign = accountOf(9).address;
const account = accountOf(1).address;
const work: Work = { account, campaign, seasonId: 1n, maxUnits: 4 };

/** A running season with one FraudProof task of ten units, and what `attestations` and `batches` say of the account. */
function viewOf(
  attestations: { unit: bigint; status: number; inLedger?: boolean }[],
  batches: { unit: bigint; count: number; status: number; inLedger?: boolean }[],
): View {
  const contextOf = (taskId: bigint, unit: bigint) => unitContext({ campaign, seasonId: 1n, taskId, unit });
  const named = <T>(values: T[]) => new Map(values.map((value, i) => [toHex(i, { size: 32 }) as Hex, value]));
  const season = {
    seasonId: 1n,
    startsAt: 0n,
    endsAt: 1_000n,
    closesAt: 2_000n,
    openedIn: 1n,
    seed: toHex(1, { size: 32 }),
  };
  const task = { seasonId: 1n, taskId: 2n, method: 2, unitsPerAccount: 10 };
  return {
    head: { number: 9n, timestamp: 500n },
    seasons: new Map([[1n, { ...season, tasks: [task] }]]),
    attestations: named(
      attestations.map(({ unit, inLedger = false, ...rest }) => ({
        ...{ ...rest, inLedger, attestation: { prover: account, context: contextOf(1n, unit) } },
      })),
    ),
    claims: named(
      batches.map(({ unit, count, inLedger = false, ...rest }) => ({
        ...{ ...rest, inLedger },
        claim: { kind: "batch", attestation: { prover: account, context: contextOf(2n, unit), count } },
      })),
    ),
  } as unknown as View;
}

describe("tally", () => {
  it("leaves out other accounts, seasons and tasks", () => {
    const view = viewOf([{ unit: 0n, status: 2 }], [{ unit: 0n, count: 3, status: 2 }]);
    const none = { units: 0, pending: 0, verified: 0, refuted: 0, void: 0, entered: 0 };
    expect(tallyOf(view, { ...work, account: campaign })).to.deep.equal(none);
    expect(tallyOf(view, { ...work, seasonId: 2n })).to.deep.equal(none);
    expect(tallyOf(view, { ...work, taskId: 3n })).to.deep.equal(none);
    expect(tallyOf(view, { ...work, taskId: 2n }).verified).to.equal(3);
  });

  it("counts a batch as its units, and a unit tried twice once", () => {
    const view = viewOf(
      [
        { unit: 0n, status: 4 },
        { unit: 0n, status: 2, inLedger: true },
        { unit: 1n, status: 1 },
      ],
      [
        { unit: 0n, count: 3, status: 2, inLedger: true },
        { unit: 3n, count: 5, status: 3 },
      ],
    );
    expect(tallyOf(view, work)).to.deep.equal({ units: 10, pending: 1, verified: 4, refuted: 5, void: 1, entered: 4 });
  });

  it("is over when every batch is settled and paid and no unit is left to claim", () => {
    const over = (status: number, inLedger: boolean, count = 4) =>
      isWorkOver(viewOf([], [{ unit: 0n, count, status, inLedger }]), work);
    expect(over(2, true)).to.equal(true);
    expect(over(3, false)).to.equal(true);
    expect(over(1, false)).to.equal(false);
    expect(over(2, false)).to.equal(false);
    expect(over(2, true, 3)).to.equal(false);
    expect(isWorkOver(viewOf([], []), work)).to.equal(false);
  });
});
