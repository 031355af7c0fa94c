import type { Hex } from "viem";
import type { Client } from "./client.ts";
import { type Answer, type Attestation, answerHash, attestationUid } from "./commitments.ts";
import { type RangeProgress, readRanges } from "./ranges.ts";

/** How an attestation stands, by the registry's number. */
export const statuses = ["none", "pending", "verified", "refuted", "void", "revoked"] as const;

/** An attestation as the chain recorded it. */
export interface RecordedAttestation {
  uid: Hex;
  attestation: Attestation;
  /** What stands behind `attestation.answer`; undefined while it is hidden. */
  answer: Answer | undefined;
  /** Where it was recorded. */
  blockNumber: bigint;
  transactionHash: Hex;
}

/**
 * Reads the attestations of `Committed` and `Attested` up to block `toBlock`, or only those named by `uids`, and recomputes every uid from its
 * event's fields. A uid that isn't the EIP-712 digest of the fields beside it ends up in `wrong`, as a sentence.
 */
export async function readAttestations(
  { rpc, contracts: { attestationRegistry }, deployment: { chainId, startBlock } }: Client,
  toBlock: bigint,
  uids?: readonly Hex[],
  onProgress?: RangeProgress,
): Promise<{ attestations: Map<Hex, RecordedAttestation>; wrong: string[] }> {
  const of = { ...attestationRegistry, strict: true, ...(uids && { args: { uid: [...uids] } }) } as const;
  const events = await readRanges(
    BigInt(startBlock),
    toBlock,
    async (from, to) => {
      const range = { ...of, fromBlock: from, toBlock: to } as const;
      const [committed, attested] = await Promise.all([
        rpc.getContractEvents({ ...range, eventName: "Committed" }),
        rpc.getContractEvents({ ...range, eventName: "Attested" }),
      ]);
      return [...committed, ...attested].sort(
        (a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex,
      );
    },
    onProgress,
  );
  const attestations = new Map<Hex, RecordedAttestation>();
  const wrong: string[] = [];
  for (const { eventName, args, blockNumber, transactionHash } of events) {
    const { uid, prover, method, modelId, inputHash, context } = args;
    const answer = "answer" in args ? undefined : args;
    const hidden = "answer" in args ? args.answer : answerHash(prover, args);
    const attestation: Attestation = { prover, method, modelId, inputHash, context, answer: hidden };
    const digest = attestationUid(chainId, attestationRegistry.address, attestation);
    if (digest !== uid)
      wrong.push(`${eventName} in transaction ${transactionHash} names ${uid}; its fields have the digest ${digest}.`);
    const opened = answer && { outputHash: answer.outputHash, traceHash: answer.traceHash, salt: answer.salt };
    const recorded = attestations.get(uid);
    if (recorded) recorded.answer ??= opened;
    else attestations.set(uid, { uid, attestation, answer: opened, blockNumber, transactionHash });
  }
  return { attestations, wrong };
}
