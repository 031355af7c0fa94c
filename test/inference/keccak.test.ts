import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { keccak256 } from "viem";

describe("the fast keccak256", () => {
  it("is keccak256, before its code is compiled and after, whatever was hashed before", async () => {
    const { fastKeccak } = await import("../../inference/keccak.ts");
    const isKeccak = fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }), (all) => {
      for (const bytes of all) expect(fastKeccak(bytes)).to.deep.equal(keccak256(bytes, "bytes"));
    });
    fc.assert(isKeccak, { numRuns: 20 });
    await setTimeout(100);
    fc.assert(isKeccak);
  });
});
