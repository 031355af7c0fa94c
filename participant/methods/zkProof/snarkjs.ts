import type { G1, G2, Proof, VerifyingKey } from "../../../inference/methods/zkProof/key.ts";

/** A point as snarkjs writes it: projective, in decimal; the last coordinate is 1, or 0 for infinity. */
type Point1 = readonly [string, string, string];
type Point2 = readonly [readonly [string, string], readonly [string, string], readonly [string, string]];

/** A proof as snarkjs writes it. */
export interface SnarkjsProof {
  pi_a: Point1;
  pi_b: Point2;
  pi_c: Point1;
}

/** A verifying key as snarkjs writes it. */
export interface SnarkjsKey {
  vk_alpha_1: Point1;
  vk_beta_2: Point2;
  vk_gamma_2: Point2;
  vk_delta_2: Point2;
  IC: readonly Point1[];
}

/** The generator of G2, which every key of snarkjs has as gamma. */
const GENERATOR: Point2 = [
  [
    "10857046999023057135944570762232829481370756359578518086990519993285655852781",
    "11559732032986387107991004021392285783925812861821192530917403151452391805634",
  ],
  [
    "8495653923123431417604973247489272438418190587263600148770280649306958101930",
    "4082367875863433681332203403145435568316851327593401208105741076214120093531",
  ],
  ["1", "0"],
];

export const proofOf = ({ pi_a, pi_b, pi_c }: SnarkjsProof): Proof => ({ a: g1(pi_a), b: g2(pi_b), c: g1(pi_c) });

/** A verifying key's points. Throws where gamma isn't the generator, which the contract takes for granted. */
export function pointsOf(key: SnarkjsKey): Pick<VerifyingKey, "alpha" | "beta" | "delta" | "ic"> {
  if (JSON.stringify(key.vk_gamma_2) !== JSON.stringify(GENERATOR))
    throw new Error("The key's gamma is not the generator of G2.");
  return { alpha: g1(key.vk_alpha_1), beta: g2(key.vk_beta_2), delta: g2(key.vk_delta_2), ic: key.IC.map(g1) };
}

// Infinity, whose last coordinate is 0, is written as zeros.
const g1 = ([x, y, z]: Point1): G1 => (z === "0" ? [0n, 0n] : [BigInt(x), BigInt(y)]);
const g2 = ([x, y, z]: Point2): G2 =>
  z[0] === "0" && z[1] === "0"
    ? [
        [0n, 0n],
        [0n, 0n],
      ]
    : [
        [BigInt(x[0]), BigInt(x[1])],
        [BigInt(y[0]), BigInt(y[1])],
      ];
