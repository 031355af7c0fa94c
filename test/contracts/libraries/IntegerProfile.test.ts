import { expect } from "chai";
import fc from "fast-check";
import { network } from "hardhat";
import { bytesToHex } from "viem";
import { activation } from "../../../inference/integer.ts";
import { traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { encodeRow } from "../../../sdk/layouts.ts";
import { anyRow, int8Vector } from "../../inference/layers.ts";
import profile from "../../vectors/profile.json" with { type: "json" };

const { ethers } = await network.create();
const library = await ethers.deployContract("IntegerProfileHarness");

describe("IntegerProfile", () => {
  it("evaluates rows as the vectors do", async () => {
    for (const { row, x, y } of profile) expect(await library.evaluate(row, x)).to.equal(y);
  });

  for (const width of [1, 4, 31, 32, 33, 64, 100, 1024, 4096])
    it(`gives what inference gives for rows of ${width}, at every bound`, async () => {
      const any = fc.record({
        rows: fc.array(anyRow(width), { minLength: 1, maxLength: Math.min(50, Math.ceil(20_000 / width)) }),
        input: int8Vector(width),
      });
      await fc.assert(
        fc.asyncProperty(any, async ({ rows, input }) => {
          const found = await library.evaluateAll(Buffer.concat(rows.map(encodeRow)), bytesToHex(traceOf([input])));

          expect(found.map(Number)).to.deep.equal(rows.map((row) => activation(row, input)));
        }),
        { numRuns: 20 },
      );
    });
});
