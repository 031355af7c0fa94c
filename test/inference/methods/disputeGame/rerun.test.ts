import { expect } from "chai";
import type { Hex } from "viem";
import { judgeTwice, type Rerun, treeOfTraces } from "../../../../inference/methods/disputeGame/rerun.ts";
import type { AttestationState } from "../../../../sdk/attestations.ts";

const trace = (byte: string): Hex => `0x${byte.repeat(32)}`;
const given = [trace("aa"), trace("bb"), trace("cc")];
const runOf = (...traces: Hex[]): Rerun => ({ traces }) as unknown as Rerun;
const batchOf = (traces: Hex[]) =>
  ({ kind: "batch", message: { root: treeOfTraces(traces).root } }) as unknown as AttestationState;

describe("judgeTwice", () => {
  const failed = runOf(trace("aa"), trace("01"), trace("cc"));

  it("calls a batch wrong if both runs give the same, and it says something else", () => {
    const forged = batchOf([trace("aa"), trace("bb"), trace("dd")]);

    expect(judgeTwice(forged, runOf(...given), runOf(...given))).to.equal("wrong");
  });

  it("believes the second run if a batch says what it gives", () => {
    expect(judgeTwice(batchOf(given), failed, runOf(...given))).to.equal("right");
  });

  it("is unsure if the runs differ in a unit, and neither is what a batch says", () => {
    const forged = batchOf([trace("aa"), trace("bb"), trace("dd")]);

    expect(judgeTwice(forged, failed, runOf(...given))).to.equal("unsure");
    expect(judgeTwice(forged, runOf(...given), failed)).to.equal("unsure");
  });
});
