import { expect } from "chai";
import fc from "fast-check";
import { toHex } from "viem";
import {
  decodeKey,
  decodeProof,
  encodeKey,
  encodeProof,
  type G1,
  type G2,
  PROOF_BYTES,
} from "../../../../inference/methods/zkProof/key.ts";

const word = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
const g1 = fc.tuple(word, word) as fc.Arbitrary<G1>;
const g2 = fc.tuple(fc.tuple(word, word), fc.tuple(word, word)) as fc.Arbitrary<G2>;
const hash = word.map((value) => toHex(value, { size: 32 }));
const aKey = fc.record({
  ...{ isTest: fc.boolean(), witness: hash, provingKey: hash, alpha: g1, beta: g2, delta: g2 },
  ic: fc.array(g1, { minLength: 2, maxLength: 6 }),
});

describe("verifying keys and proofs as bytes", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(aKey, fc.record({ a: g1, b: g2, c: g1 }), (key, proof) => {
        expect(decodeKey(encodeKey(key))).to.deep.equal(key);
        expect(decodeProof(encodeProof(proof))).to.deep.equal(proof);
        expect(encodeProof(proof).length).to.equal(PROOF_BYTES);
        expect(encodeKey(key).length).to.equal(416 + 64 * key.ic.length);
      }),
    );
  });

  it("write the second part of a coordinate in G2 first", () => {
    const bytes = encodeProof({
      a: [1n, 2n],
      b: [
        [3n, 4n],
        [5n, 6n],
      ],
      c: [7n, 8n],
    });
    expect([...bytes].filter((_, i) => i % 32 === 31)).to.deep.equal([1, 2, 4, 3, 6, 5, 7, 8]);
  });

  const key = encodeKey({
    ...{ isTest: true, witness: toHex(1, { size: 32 }), provingKey: toHex(2, { size: 32 }) },
    ...{
      alpha: [1n, 2n],
      beta: [
        [1n, 2n],
        [3n, 4n],
      ],
      delta: [
        [1n, 2n],
        [3n, 4n],
      ],
    },
    ic: [
      [1n, 2n],
      [1n, 2n],
    ],
  });
  for (const [what, bytes, message] of [
    ["of another tag", key.with(0, 0x68), "A verifying key can't begin with 0x68"],
    ["that is cut", key.subarray(0, -1), "A verifying key of 543 bytes has no whole number of points."],
    ["with a point for the constant alone", key.subarray(0, -64), "A verifying key of 480 bytes has no whole number"],
    ["that is empty", new Uint8Array(0), "A verifying key of 0 bytes has no whole number of points."],
  ] as const)
    it(`refuse a key ${what}`, () => {
      expect(() => decodeKey(bytes)).to.throw(RangeError, message);
    });

  it("refuse a proof of another length", () => {
    expect(() => decodeProof(new Uint8Array(255))).to.throw(RangeError, "A proof is 256 bytes, not 255.");
  });
});
