import { type Address, type Hex, hexToBytes } from "viem";
import type { Client } from "./client.ts";
import { type Batch, batchId } from "./commitments.ts";
import { type RangeProgress, readRanges } from "./ranges.ts";
import { leavesOf, orderedTree } from "./tree.ts";

/** A batch as the chain recorded it. */
export interface RecordedBatch {
  id: Hex;
  batch: Batch;
  /** Where it was recorded: the transaction whose `BatchAttested` carries the traces. */
  blockNumber: bigint;
  transactionHash: Hex;
}

/** What `BatchAttested` says. */
export type AttestedBatch = Batch & { id: Hex; traces: Hex };

/**
 * Reads the batches of `BatchAttested` up to block `toBlock` and recomputes each one's root from its traces and its id
 * from its fields. What disagrees ends up in `wrong`, as a sentence. Traces are not kept.
 */
export async function readBatches(
  { rpc, contracts: { attestationRegistry }, deployment: { chainId, startBlock } }: Client,
  toBlock: bigint,
  onProgress?: RangeProgress,
): Promise<{ batches: Map<Hex, RecordedBatch>; wrong: string[] }> {
  const wrong: string[] = [];
  const read = async (fromBlock: bigint, end: bigint): Promise<RecordedBatch[]> => {
    const range = { ...attestationRegistry, fromBlock, toBlock: end, strict: true } as const;
    const logs = await rpc.getContractEvents({ ...range, eventName: "BatchAttested" });
    return logs.map(({ args, blockNumber, transactionHash }) => {
      for (const fault of batchFaults(chainId, attestationRegistry.address, args))
        wrong.push(`BatchAttested in transaction ${transactionHash} ${fault}.`);
      const { id, prover, method, modelId, context, count, root } = args;
      return { id, batch: { prover, method, modelId, context, count, root }, blockNumber, transactionHash };
    });
  };
  const found = await readRanges(BigInt(startBlock), toBlock, read, onProgress);
  return { batches: new Map(found.map((batch) => [batch.id, batch])), wrong };
}

/** What of a batch's event disagrees with the rest of it; none when its root is its traces' and its id its fields'. */
export function batchFaults(chainId: number, attestationRegistry: Address, { id, traces, ...batch }: AttestedBatch) {
  const faults: string[] = [];
  const digest = batchId(chainId, attestationRegistry, batch);
  if (digest !== id) faults.push(`names ${id}; its fields have the digest ${digest}`);
  const bytes = hexToBytes(traces);
  if (batch.count === 0 || bytes.length === 0 || bytes.length % batch.count !== 0)
    return [...faults, `carries ${bytes.length} bytes, which are not the traces of ${batch.count} units`];
  const { root } = orderedTree(leavesOf(bytes, batch.count));
  if (root !== batch.root) faults.push(`names the root ${batch.root}; its traces have the root ${root}`);
  return faults;
}
