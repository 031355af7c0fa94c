import { bytesToHex, type Hex, hexToBytes } from "viem";
import { tag } from "../../../sdk/commitments.ts";
import { joined } from "../../tensors.ts";

/** A point of G1, as its two coordinates. */
export type G1 = readonly [x: bigint, y: bigint];

/** A point of G2: each coordinate is c0 + c1 · u, written [c0, c1]. */
export type G2 = readonly [x: readonly [bigint, bigint], y: readonly [bigint, bigint]];

/** A Groth16 verifying key, with what a prover needs besides. */
export interface VerifyingKey {
  /** Whether it calls itself a test's: whoever made it can forge proofs. */
  isTest: boolean;
  /** sha256 of the WebAssembly program that computes the circuit's witness. */
  witness: Hex;
  /** sha256 of the proving key, a .zkey file. */
  provingKey: Hex;
  alpha: G1;
  beta: G2;
  delta: G2;
  /** One for the constant 1, then one for each public signal. */
  ic: readonly G1[];
}

/** A Groth16 proof. */
export interface Proof {
  a: G1;
  b: G2;
  c: G1;
}

/** What a key's bytes begin with. */
const TAG = "GROTH16_V1";
const TEST_TAG = "GROTH16_TEST_V1";

const FIXED_BYTES = 416;
const G1_BYTES = 64;

/** Length of a proof: A ‖ B ‖ C. */
export const PROOF_BYTES = 256;

/**
 * tag ‖ sha256(witness.wasm) ‖ sha256(proving.zkey) ‖ alpha ‖ beta ‖ delta ‖ IC_0 … IC_n, points as EIP-197 writes them: the
 * bytes whose hash is a model's `verifyingKeyHash`.
 */
export const encodeKey = ({ isTest, witness, provingKey, alpha, beta, delta, ic }: VerifyingKey): Uint8Array =>
  joined([
    ...[tag(isTest ? TEST_TAG : TAG), witness, provingKey].map((word) => hexToBytes(word)),
    ...[writeG1(alpha), writeG2(beta), writeG2(delta), ...ic.map(writeG1)],
  ]);

/** Reads a key; throws a sentence where its bytes are none. The points may be no points of the curve. */
export function decodeKey(bytes: Uint8Array): VerifyingKey {
  const points = bytes.length - FIXED_BYTES;
  if (points < 2 * G1_BYTES || points % G1_BYTES !== 0)
    throw new RangeError(`A verifying key of ${bytes.length} bytes has no whole number of points.`);
  const word = (index: number): Hex => bytesToHex(bytes.subarray(32 * index, 32 * (index + 1)));
  const isTest = word(0) === tag(TEST_TAG);
  if (!isTest && word(0) !== tag(TAG)) throw new RangeError(`A verifying key can't begin with ${word(0)}.`);
  return {
    ...{ isTest, witness: word(1), provingKey: word(2) },
    ...{ alpha: readG1(bytes, 96), beta: readG2(bytes, 160), delta: readG2(bytes, 288) },
    ic: Array.from({ length: points / G1_BYTES }, (_, i) => readG1(bytes, FIXED_BYTES + i * G1_BYTES)),
  };
}

/** A ‖ B ‖ C, as the contract takes it. */
export const encodeProof = ({ a, b, c }: Proof): Uint8Array => joined([writeG1(a), writeG2(b), writeG1(c)]);

/** Reads a proof of {@link PROOF_BYTES}. The points may be no points of the curve. */
export function decodeProof(bytes: Uint8Array): Proof {
  if (bytes.length !== PROOF_BYTES) throw new RangeError(`A proof is ${PROOF_BYTES} bytes, not ${bytes.length}.`);
  return { a: readG1(bytes, 0), b: readG2(bytes, 64), c: readG1(bytes, 192) };
}

const writeWord = (value: bigint): Uint8Array => hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);
const readWord = (bytes: Uint8Array, at: number): bigint => BigInt(bytesToHex(bytes.subarray(at, at + 32)));

const writeG1 = (point: G1): Uint8Array => joined(point.map(writeWord));
const readG1 = (bytes: Uint8Array, at: number): G1 => [readWord(bytes, at), readWord(bytes, at + 32)];

// EIP-197 writes c1 first.
const writeG2 = (point: G2): Uint8Array => joined(point.flatMap(([c0, c1]) => [writeWord(c1), writeWord(c0)]));
function readG2(bytes: Uint8Array, at: number): G2 {
  const [x1, x0, y1, y0] = [0, 32, 64, 96].map((offset) => readWord(bytes, at + offset)) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  return [
    [x0, x1],
    [y0, y1],
  ];
}
