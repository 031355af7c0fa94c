import { expect } from "chai";
import { toHex } from "viem";
import type { ChainState } from "../../participant/chainState.ts";
import { countProgress, isWorkOver, type Work } from "../../participant/progress-count.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { accountOf } from "./chain.ts";

const campaign = accountOf(9).address;
const account = accountOf(1).address;
const work: Work = { account, campaign, seasonId: 1n, maxUnits: 4 };

/** A running season with one FraudProof task of ten units, and what `attestations` and `batches` say of the account. */
function stateOf(
  attestations: { unit: bigint; status: number; inLedger?: boolean }[],
  batches: { unit: bigint; count: number; status: number; inLedger?: boolean }[],
): ChainState {
  const contextOf = (taskId: bigint, unit: bigint) => unitContext({ campaign, seasonId: 1n, taskId, unit });
  const season = {
    seasonId: 1n,
    startsAt: 0n,
    endsAt: 1_000n,
    closesAt: 2_000n,
    openedIn: 1n,
    seed: toHex(1, { size: 32 }),
  };
  const task = { seasonId: 1n, taskId: 2n, method: 2, unitsPerAccount: 10 };
  const all = [
    ...attestations.map(({ unit, inLedger = false, ...rest }) => ({
      ...{ ...rest, inLedger, kind: "single", message: { prover: account, method: 1, context: contextOf(1n, unit) } },
    })),
    ...batches.map(({ unit, count, inLedger = false, ...rest }) => ({
      ...{ ...rest, inLedger, kind: "batch" },
      message: { prover: account, method: 2, context: contextOf(2n, unit), count },
    })),
  ];
  return {
    head: { number: 9n, timestamp: 500n },
    seasons: new Map([[1n, { ...season, tasks: [task] }]]),
    attestations: { byId: new Map(all.map((each, i) => [toHex(i, { size: 32 }), each])) },
  } as unknown as ChainState;
}

describe("the count of progress", () => {
  it("leaves out other accounts, seasons and tasks", () => {
    const state = stateOf([{ unit: 0n, status: 2 }], [{ unit: 0n, count: 3, status: 2 }]);
    const none = { units: 0, pending: 0, verified: 0, refuted: 0, void: 0, entered: 0 };
    expect(countProgress(state, { ...work, account: campaign })).to.deep.equal(none);
    expect(countProgress(state, { ...work, seasonId: 2n })).to.deep.equal(none);
    expect(countProgress(state, { ...work, taskId: 3n })).to.deep.equal(none);
    expect(countProgress(state, { ...work, taskId: 2n }).verified).to.equal(3);
  });

  it("counts a batch as its units, and a unit tried twice once", () => {
    const state = stateOf(
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
    expect(countProgress(state, work)).to.deep.equal({
      units: 10,
      pending: 1,
      verified: 4,
      refuted: 5,
      void: 1,
      entered: 4,
    });
  });

  it("is over when every batch is settled and paid and no unit is left to attest", () => {
    const over = (status: number, inLedger: boolean, count = 4) =>
      isWorkOver(stateOf([], [{ unit: 0n, count, status, inLedger }]), work);
    expect(over(2, true)).to.equal(true);
    expect(over(3, false)).to.equal(true);
    expect(over(1, false)).to.equal(false);
    expect(over(2, false)).to.equal(false);
    expect(over(2, true, 3)).to.equal(false);
    expect(isWorkOver(stateOf([], []), work)).to.equal(false);
  });

  it("counts units of overlapping batches once, and is over though some can never be paid", () => {
    const paid = { unit: 0n, count: 4, status: 2, inLedger: true };
    const within = { unit: 2n, count: 2, status: 2 };
    const beyond = { unit: 3n, count: 2, status: 2 };
    expect(countProgress(stateOf([], [paid, within, beyond]), work).units).to.equal(5);
    for (const spent of [paid, { ...paid, status: 3 }])
      expect(isWorkOver(stateOf([], [spent, within, beyond]), work)).to.equal(true);
  });

  it("isn't over while a batch can be paid, whatever it overlaps", () => {
    const paid = { unit: 0n, count: 4, status: 2, inLedger: true };
    expect(isWorkOver(stateOf([], [paid, { unit: 4n, count: 2, status: 2 }]), work)).to.equal(false);
    const unpaid = { ...paid, inLedger: false };
    expect(isWorkOver(stateOf([], [unpaid, { unit: 2n, count: 4, status: 2 }]), work)).to.equal(false);
    const refuted = { ...paid, status: 3, inLedger: false };
    expect(isWorkOver(stateOf([], [refuted, { unit: 2n, count: 4, status: 2 }]), work)).to.equal(false);
  });
});
