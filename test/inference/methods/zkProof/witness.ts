import { bn254 } from "@noble/curves/bn254";
import type { Hex } from "viem";
import { sumBits } from "../../../../inference/methods/zkProof/circuit.ts";
import { packBytes, uidSignal } from "../../../../inference/methods/zkProof/signals.ts";
import type { Row } from "../../../../sdk/layouts.ts";
import { mod } from "./r1cs.ts";

/** What a cheating prover may claim of one row instead of the truth; everything else follows from it. */
export interface Lie {
  layer: number;
  row: number;
  /** Another sum, whose bits are claimed. */
  sum?: (sum: bigint) => bigint;
  /** Other bits of the sum. */
  bits?: (bits: bigint[]) => bigint[];
  /** Another answer to the question whether the quotient is in range, with its inverse. */
  inside?: (inside: bigint) => bigint;
  inverse?: (inverse: bigint) => bigint;
  /** Another activation. */
  y?: (y: bigint) => bigint;
}

/**
 * Computes every signal of a model's circuit by name, in plain TypeScript: the honest witness, or one with lies from which the
 * rest follows.
 */
export function signalsOf(
  layers: readonly (readonly Row[])[],
  data: readonly bigint[],
  uid: Hex,
  lies: readonly Lie[] = [],
): Map<string, bigint> {
  const signals = new Map<string, bigint>();
  const set = (name: string, value: bigint) => signals.set(name, mod(value));
  set("uid", uidSignal(uid));
  set("square", uidSignal(uid) ** 2n);
  let x = data.map((byte, i) => {
    set(`data[${i}]`, byte);
    set(`in[${i}].value`, byte);
    const bits = split(byte, 8);
    for (const [k, bit] of bits.entries()) set(`in[${i}].bits[${k}]`, bit);
    const value = byte - 256n * (bits[7] as bigint);
    set(`a0[${i}]`, value);
    return value;
  });
  let bytes: bigint[] = [];
  for (const [l, rows] of layers.entries()) {
    const made = rows.map((row, j) => {
      const lie = lies.find(({ layer, row: at }) => layer === l + 1 && at === j);
      return neuron(`row${l + 1}_${j}`, row, x, lie ?? { layer: 0, row: 0 }, set);
    });
    x = made.map(({ y }, j) => {
      set(`a${l + 1}[${j}]`, y);
      return y;
    });
    bytes = made.map(({ byte }) => byte);
  }
  const all = [...data, ...bytes];
  const count = packBytes(new Uint8Array(all.length)).length;
  for (let s = 0; s < count; s++)
    set(
      `packed[${s}]`,
      all.slice(31 * s, 31 * (s + 1)).reduce((sum, byte) => 256n * sum + byte, 0n),
    );
  return signals;
}

function neuron(
  name: string,
  row: Row,
  x: readonly bigint[],
  { sum: sumLie, bits: bitsLie, inside: insideLie, inverse: inverseLie, y: yLie }: Lie,
  set: (name: string, value: bigint) => void,
) {
  const n = sumBits(row);
  const { shift, lo, bias, weights } = row;
  for (const [i, value] of x.entries()) {
    set(`${name}.x[${i}]`, value);
    set(`${name}.q.x[${i}]`, value);
  }
  const truth =
    x.reduce((total, value, i) => total + value * BigInt(weights[i] as number), 0n) +
    BigInt(bias) +
    2n ** BigInt(shift - 1) +
    2n ** BigInt(n - 1);
  set(`${name}.q.split.value`, truth);
  const claimed = split(sumLie ? sumLie(truth) : truth, n);
  const bits = bitsLie ? bitsLie(claimed) : claimed;
  for (const [k, bit] of bits.entries()) set(`${name}.q.split.bits[${k}]`, bit);
  const positive = bits[n - 1] as bigint;
  const low = bits.slice(shift, shift + 7).reduce((total, bit, k) => total + bit * 2n ** BigInt(k), 0n);
  const ones = bits.slice(shift + 7, n - 1).reduce((total, bit) => total + bit, 0n);
  const value = lo === 0 ? ones : ones - BigInt(n - 8 - shift) * (1n - positive);
  const trueInverse = mod(value) === 0n ? 0n : bn254.fields.Fr.inv(mod(value));
  const inverse = inverseLie ? inverseLie(trueInverse) : trueInverse;
  const is = 1n - value * inverse;
  const inside = insideLie ? insideLie(is) : is;
  set(`${name}.q.positive`, positive);
  set(`${name}.q.low`, low);
  set(`${name}.q.small.value`, value);
  set(`${name}.q.small.inverse`, inverse);
  set(`${name}.q.small.is`, inside);
  set(`${name}.q.inside`, inside);
  let y: bigint;
  if (lo === 0) {
    const below = inside * (low - 127n);
    set(`${name}.below`, below);
    y = positive * (below + 127n);
  } else {
    const within = inside * (low - 127n * positive);
    set(`${name}.within`, within);
    y = within + 255n * positive - 128n;
  }
  if (yLie) y = yLie(y);
  const byte = lo === 0 ? y : y + 256n * (1n - positive);
  set(`${name}.y`, y);
  set(`${name}.byte`, byte);
  return { y, byte };
}

const split = (value: bigint, n: number): bigint[] => Array.from({ length: n }, (_, k) => (value >> BigInt(k)) & 1n);
