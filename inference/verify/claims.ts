import { type Address, type Hex, hexToBytes } from "viem";
import { statuses } from "../../sdk/attestations.ts";
import { type Answer, type Attestation, answerHash, type Batch } from "../../sdk/commitments.ts";
import { FRAUD_PROOF } from "../../sdk/methods.ts";
import { leavesOf } from "../../sdk/tree.ts";
import type { EventLog } from "./events.ts";

/** An attestation under FraudProof: its activations are on chain for anyone to re-run. */
export interface ClaimView {
  id: Hex;
  claim: BatchClaim | SingleClaim;
  /** As the registry counts them. */
  status: number;
  /** Block that recorded it. */
  recordedIn: bigint;
  /** Points were awarded or burned for it. */
  inLedger: boolean;
  /** The row that was shown wrong; undefined while nobody showed one. */
  refutation: Refutation | undefined;
}

/** What FraudProof computed itself when a claim was refuted. */
export interface Refutation {
  challenger: Address;
  /** Position in the batch, from 0; 0 for a single attestation. */
  index: number;
  /** From 0: the layer that maps A_layer to A_layer+1. */
  layer: number;
  row: number;
  claimed: number;
  correct: number;
}

export interface BatchClaim {
  kind: "batch";
  attestation: Batch;
  /** Each unit's activations A_1 ‖ … ‖ A_L. */
  leaves: Uint8Array[];
}

export interface SingleClaim {
  kind: "single";
  attestation: Attestation;
  answer: Answer;
  /** A_0 ‖ … ‖ A_L; empty until `Traced` is folded, in the same transaction. */
  trace: Uint8Array;
}

const PENDING = statuses.indexOf("pending");

/** Folds a log into the claims it concerns; false if it is about none. */
export function foldClaim(claims: Map<Hex, ClaimView>, log: EventLog): boolean {
  const { eventName, args, blockNumber } = log;
  if (eventName === "BatchAttested" && args.method === FRAUD_PROOF) {
    claims.set(args.id, beginBatch(args, blockNumber));
  } else if (eventName === "Attested" && args.method === FRAUD_PROOF) {
    claims.set(args.uid, beginSingle(args, answerHash(args.prover, args), blockNumber));
  } else if (eventName === "Traced") {
    const found = claims.get(args.uid);
    if (found?.claim.kind === "single") found.claim.trace = hexToBytes(args.trace);
  } else if (eventName === "StatusChanged") {
    return change(claims, args.id, { status: args.status });
  } else if (eventName === "PointsAwarded" || eventName === "PointsBurned") {
    return change(claims, args.subject, { inLedger: true });
  } else if (eventName === "RowRefuted") {
    const { challenger, unit, layer, row, claimed, correct } = args;
    const refutation = { challenger, index: Number(unit), layer: Number(layer), row: Number(row), claimed, correct };
    return change(claims, args.id, { refutation });
  } else {
    return false;
  }
  return true;
}

function change(claims: Map<Hex, ClaimView>, id: Hex, changes: Partial<ClaimView>): boolean {
  const claim = claims.get(id);
  if (claim) Object.assign(claim, changes);
  return claim !== undefined;
}

/** A batch as `BatchAttested` tells of it. */
function beginBatch(args: Batch & { id: Hex; traces: Hex }, recordedIn: bigint): ClaimView {
  const { id, traces, prover, method, modelId, context, count, root } = args;
  const attestation = { prover, method, modelId, context, count, root };
  const claim = { kind: "batch", attestation, leaves: leavesOf(hexToBytes(traces), count) } as const;
  return { id, claim, status: PENDING, recordedIn, inLedger: false, refutation: undefined };
}

/** A single attestation as `Attested` tells of it; `answer` is recomputed from what the event opens. */
function beginSingle(
  args: Omit<Attestation, "answer"> & Answer & { uid: Hex },
  answer: Hex,
  recordedIn: bigint,
): ClaimView {
  const { uid, outputHash, traceHash, salt, prover, method, modelId, inputHash, context } = args;
  const attestation = { prover, method, modelId, inputHash, context, answer };
  const opened = { outputHash, traceHash, salt };
  const claim = { kind: "single", attestation, answer: opened, trace: new Uint8Array(0) } as const;
  return { id: uid, claim, status: PENDING, recordedIn, inLedger: false, refutation: undefined };
}

/** Number of units or runs that a claim is about. */
export const sizeOf = ({ claim }: ClaimView): number => (claim.kind === "batch" ? claim.attestation.count : 1);
