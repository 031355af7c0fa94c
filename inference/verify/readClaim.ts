import { formatLog, type Hex, type Log, numberToHex, parseEventLogs, type RpcLog } from "viem";
import type { Client } from "../../sdk/client.ts";
import { unitOf } from "../../sdk/contexts.ts";
import type { Traced } from "../../sdk/proofsFraud.ts";
import { readRanges } from "../../sdk/ranges.ts";
import { type ClaimView, foldClaim, sizeOf } from "./claims.ts";
import { eventsAbi } from "./events.ts";

/** A claim under FraudProof and where it was recorded. */
export interface RecordedClaim extends ClaimView {
  transactionHash: Hex;
}

/** Reads one claim under FraudProof from its events; undefined where the chain knows none of that name. */
export async function readClaim({ contracts, deployment, rpc }: Client, id: Hex): Promise<RecordedClaim | undefined> {
  const { attestationRegistry, fraudProof } = contracts;
  if (fraudProof === undefined) return undefined;
  // Every event about a claim has its name as first topic.
  const filter = { address: [attestationRegistry.address, fraudProof.address], topics: [null, id] };
  const toBlock = await rpc.getBlockNumber({ cacheTime: 0 });
  const logs = await readRanges(BigInt(deployment.startBlock), toBlock, async (from, to) => {
    const range = { fromBlock: numberToHex(from), toBlock: numberToHex(to) };
    const found: RpcLog[] = await rpc.request({ method: "eth_getLogs", params: [{ ...filter, ...range }] });
    return found.map((log) => formatLog(log) as Log<bigint, number, false>);
  });
  const claims = new Map<Hex, ClaimView>();
  for (const log of parseEventLogs({ abi: eventsAbi, logs })) foldClaim(claims, log);
  const claim = claims.get(id);
  const recording = logs.find(({ blockNumber }) => blockNumber === claim?.recordedIn);
  return claim && recording && { ...claim, transactionHash: recording.transactionHash };
}

/** What a claim's proof in words depends on. */
export function tracedOf(view: ClaimView): Traced {
  const { claim, inLedger, refutation } = view;
  const first = unitOf(claim.attestation.context);
  return {
    ...{ count: sizeOf(view), isBatch: claim.kind === "batch", isUnit: first !== undefined, isInputPaid: inLedger },
    dispute: refutation
      ? { ...refutation, by: refutation.challenger, unit: first ? String(first.unit + BigInt(refutation.index)) : null }
      : null,
  };
}
