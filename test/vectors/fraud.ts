import { type Address, bytesToHex, concat } from "viem";
import { activation, maxBias } from "../../inference/integer.ts";
import { batchId } from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { encodeRow, type Row } from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { bytes, hash, int8 } from "./bytes.ts";

/** Batches of some units with their digests. */
export const batches = (chainId: number, registry: Address, prover: Address, campaign: Address) => ({
  chainId,
  registry,
  batches: [
    { count: 1, unit: 0n, length: 1 },
    { count: 3, unit: 7n, length: 42 },
    { count: 200, unit: 2n ** 32n, length: 5 },
  ].map(({ count, unit, length }, k) => {
    const leaves = Array.from({ length: count }, (_, i) => bytes(`unit ${i} of ${count}`, length));
    const context = unitContext({ campaign, seasonId: 1n, taskId: 3n, unit });
    const { root } = orderedTree(leaves);
    const batch = { prover, method: 2 + 100 * k, modelId: hash("model"), context, count, root };
    return { batch, traces: concat(leaves.map((leaf) => bytesToHex(leaf))), id: batchId(chainId, registry, batch) };
  }),
});

/** Rows, inputs and what they give: every corner of the integer profile. */
export const profile = () =>
  [1, 31, 32, 33].flatMap((width) =>
    [1, 2, 8, 29, 30].flatMap((shift) =>
      corners(width, shift).map(({ row, x }) => ({
        row: bytesToHex(encodeRow(row)),
        x: bytesToHex(new Uint8Array(x.buffer, x.byteOffset, x.length)),
        y: activation(row, x),
      })),
    ),
  );

function corners(width: number, shift: number): { row: Row; x: Int8Array }[] {
  const limit = maxBias(width, shift);
  const half = 2 ** (shift - 1);
  const row = (lo: number, bias: number, weights: Int8Array): Row => ({ shift, lo, bias, weights });
  const fill = (value: number) => new Int8Array(width).fill(value);
  const random = int8(bytes(`weights ${width} ${shift}`, width));
  const x = int8(bytes(`x ${width} ${shift}`, width));
  const sum = random.reduce((total, w, k) => total + w * (x[k] as number), 0);
  // At 0.5 below a multiple of 2^shift the floor jumps: this bias puts the sum right there, and one below.
  const edge = Math.max(-limit, Math.min(limit, half - sum));
  return [
    { row: row(-128, limit, fill(-128)), x: fill(-128) },
    { row: row(-128, -limit, fill(127)), x: fill(-128) },
    { row: row(0, -limit, fill(-128)), x: fill(127) },
    { row: row(-128, edge, random), x },
    { row: row(-128, Math.max(-limit, edge - 1), random), x },
    { row: row(0, -half, fill(0)), x },
    { row: row(-128, -half - 1, fill(0)), x },
  ].filter(({ row }) => Math.abs(row.bias) <= limit);
}
