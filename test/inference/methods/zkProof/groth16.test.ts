import { bn254 } from "@noble/curves/bn254";
import { expect } from "chai";
import { type Hex, hexToBytes } from "viem";
import { verifyProof } from "../../../../inference/methods/zkProof/groth16.ts";
import { decodeKey, decodeProof, type Proof, type VerifyingKey } from "../../../../inference/methods/zkProof/key.ts";
import { publicSignals } from "../../../../inference/methods/zkProof/signals.ts";
import vectors from "../../../vectors/zk.json" with { type: "json" };

const R = bn254.fields.Fr.ORDER;
const P = bn254.fields.Fp.ORDER;
const key = decodeKey(hexToBytes(vectors.key as Hex));
const [first] = vectors.cases as [(typeof vectors.cases)[number]];
const bytes = (hex: string): Uint8Array => hexToBytes(hex as Hex);
const proof = decodeProof(bytes(first.proof));
const signals = first.signals.map(BigInt);

describe("Groth16 in TypeScript", () => {
  it("decides of every shared vector as the contract does", () => {
    for (const { input, output, uid, signals: expected, proof: written, holds } of vectors.cases) {
      const found = publicSignals(bytes(input), bytes(output), uid as Hex);
      expect(found.map(String)).to.deep.equal(expected);
      expect(verifyProof(key, found, decodeProof(bytes(written)))).to.equal(holds);
    }
    expect(new Set(vectors.cases.map(({ holds }) => holds))).to.deep.equal(new Set([true, false]));
  });

  const odd: Record<string, Proof> = {
    "A negated": { ...proof, a: [proof.a[0], P - proof.a[1]] },
    "A at infinity": { ...proof, a: [0n, 0n] },
    "B at infinity": {
      ...proof,
      b: [
        [0n, 0n],
        [0n, 0n],
      ],
    },
    "C off the curve": { ...proof, c: [proof.c[0], proof.c[1] ^ 1n] },
    "B off the curve": { ...proof, b: [proof.b[0], [proof.b[1][0] ^ 1n, proof.b[1][1]]] },
    "a coordinate above p": { ...proof, c: [proof.c[0] + P, proof.c[1]] },
  };
  for (const [what, changed] of Object.entries(odd))
    it(`refuses a proof with ${what}`, () => {
      expect(verifyProof(key, signals, changed)).to.equal(false);
    });

  it("refuses B on the curve, but out of its group", () => {
    // Found by counting x up from 1 until x^3 + b is a square: a random point of the curve is hardly ever in the group.
    const { Fp2 } = bn254.fields;
    const b = Fp2.sub(Fp2.sqr(bn254.G2.ProjectivePoint.BASE.y), Fp2.pow(bn254.G2.ProjectivePoint.BASE.x, 3n));
    for (let i = 1n; ; i++) {
      const x = Fp2.fromBigTuple([i, 0n]);
      let y: typeof x;
      try {
        y = Fp2.sqrt(Fp2.add(Fp2.pow(x, 3n), b));
      } catch {
        continue;
      }
      expect(
        verifyProof(key, signals, {
          ...proof,
          b: [
            [x.c0, x.c1],
            [y.c0, y.c1],
          ],
        }),
      ).to.equal(false);
      return;
    }
  });

  it("refuses signals that are too many, too few, too large or others", () => {
    for (const wrong of [
      [...signals, 0n],
      signals.slice(1),
      [signals[0] as bigint, R + (signals[1] as bigint)],
      [-1n, 1n],
      [1n, 2n],
    ])
      expect(verifyProof(key, wrong, proof)).to.equal(false);
    expect(verifyProof(key, signals, proof)).to.equal(true);
  });

  it("refuses under a key with another point", () => {
    const others: VerifyingKey[] = [
      { ...key, alpha: key.ic[0] as VerifyingKey["alpha"] },
      { ...key, delta: key.beta },
      { ...key, ic: [key.alpha, ...key.ic.slice(1)] },
    ];
    for (const other of others) expect(verifyProof(other, signals, proof)).to.equal(false);
  });
});
