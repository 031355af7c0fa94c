import { expect } from "chai";
import fc from "fast-check";
import { keccak256 } from "viem";
import { fastKeccak } from "../../inference/keccak.ts";

describe("the fast keccak256", () => {
  it("is keccak256, whatever was hashed before", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 }), (all) => {
        for (const bytes of all) expect(fastKeccak(bytes)).to.deep.equal(keccak256(bytes, "bytes"));
      }),
    );
  });
});
