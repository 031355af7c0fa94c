import { expect } from "chai";
import { network } from "hardhat";
import { concat, type Hex, slice } from "viem";
import vectors from "../../vectors/zk.json" with { type: "json" };

const { ethers, networkHelpers } = await network.create();

/** A key's points, behind its tag and two hashes. */
const points = slice(vectors.key as Hex, 96);

describe("Groth16", () => {
  const fixture = () => ethers.deployContract("Groth16Harness");

  it("decides of every shared vector as TypeScript does", async () => {
    const harness = await networkHelpers.loadFixture(fixture);
    for (const { input, output, signals, proof, holds } of vectors.cases) {
      const packed = concat([input as Hex, output as Hex]);
      expect(await harness.verify(points, packed, signals.at(-1) as string, proof)).to.equal(holds);
    }
  });

  it("knows a key's points, and what is none", async () => {
    const harness = await networkHelpers.loadFixture(fixture);
    expect(await harness.arePoints(points)).to.equal(true);
    // The last byte of each coordinate.
    for (let at = 31; at < (points.length - 2) / 2; at += 32) {
      const byte = Number(slice(points, at, at + 1)) ^ 1;
      const changed = concat([
        slice(points, 0, at),
        `0x${byte.toString(16).padStart(2, "0")}`,
        points.slice(2 * at + 4) === "" ? "0x" : slice(points, at + 1),
      ]);
      expect(await harness.arePoints(changed), `byte ${at}`).to.equal(false);
    }
  });
});
