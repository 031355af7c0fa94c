import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, type Hex } from "viem";
import { attestRoot, gameProtocol } from "../dispute.ts";
import { hash, WINDOW } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame.isVerifiedOutput", () => {
  async function fixture() {
    const p = await gameProtocol(ethers, networkHelpers);
    const made = await attestRoot(p, 3, 5);
    const run = made.runs[2];
    if (!run) throw new Error("The batch has five units.");
    const proofs = {
      batch: made.batch,
      unit: 2,
      output: bytesToHex(new Uint8Array((run.outputs[3] as Int8Array).buffer)),
      outputProof: run.trace.proof(3),
      trace: run.trace.root,
      traceProof: made.prover.units?.proof(2) as Hex[],
    };
    const ask = (fields: Partial<typeof proofs> = {}) => {
      const { batch, unit, output, outputProof, trace, traceProof } = { ...proofs, ...fields };
      return p.game.isVerifiedOutput(batch, unit, output, outputProof, trace, traceProof);
    };
    return { ...p, made, proofs, ask };
  }

  it("is false while the batch is pending, and of another batch", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    expect(await p.ask()).to.equal(false);
    await networkHelpers.time.increase(WINDOW);
    await p.game.settle(p.made.id);

    expect(await p.ask({ batch: { ...p.made.batch, count: 6 } })).to.equal(false);
    expect(await p.ask()).to.equal(true);
  });

  it("is false for other outputs, units, traces and proofs", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increase(WINDOW);
    await p.game.settle(p.made.id);
    const { output, outputProof, traceProof } = p.proofs;
    for (const fields of [
      { unit: 1 },
      { unit: 5 },
      { output: `${output.slice(0, -2)}55` as Hex },
      { output: `${output}00` as Hex },
      { output: "0x" as Hex },
      { outputProof: outputProof.slice(1) },
      { trace: hash("other") },
      { traceProof: traceProof.slice(1) },
      { trace: p.made.traces[1] as Hex },
    ])
      expect(await p.ask(fields)).to.equal(false);
  });
});
