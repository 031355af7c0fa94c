import { type Address, bytesToHex, concat, type Hex, keccak256, numberToHex } from "viem";
import { type Answer, type Attestation, answerHash, type Batch, tensorHash } from "../../../sdk/commitments.ts";
import { decodeLayout, tensorHeader } from "../../../sdk/layouts.ts";
import { orderedTree } from "../../../sdk/tree.ts";

/** Activations as FraudProof takes them, one layer after the other: A_0 ‖ … ‖ A_L, or from A_1 on for a batch's unit. */
export function traceOf(activations: readonly Int8Array[]): Uint8Array<ArrayBuffer> {
  const trace = new Uint8Array(activations.reduce((length, { length: width }) => length + width, 0));
  let at = 0;
  for (const layer of activations) {
    trace.set(new Uint8Array(layer.buffer, layer.byteOffset, layer.length), at);
    at += layer.length;
  }
  return trace;
}

/** What a prover has run, and the 32 random bytes of its answer. */
export interface TracedRun {
  prover: Address;
  method: number;
  modelId: Hex;
  context: Hex;
  salt: Hex;
  /** A_0 ‖ … ‖ A_L. */
  trace: Uint8Array;
}

/** An attestation with its open answer and its evidence for FraudProof. */
export interface TracedAttestation {
  attestation: Attestation;
  answer: Answer;
  /** u16 length ‖ layout ‖ trace. */
  evidence: Hex;
}

/** The attestation of one run of an integer model. Throws when the trace is shorter or longer than the layout's widths. */
export function buildTraced(layout: Uint8Array, { salt, trace, ...run }: TracedRun): TracedAttestation {
  const { widths, input, output } = decodeLayout(layout);
  const expected = widths.reduce((sum, width) => sum + width, 0);
  if (trace.length !== expected || expected === 0)
    throw new RangeError(`A trace of ${trace.length} bytes doesn't fit layers of ${expected} together.`);
  const inputs = trace.subarray(0, widths[0]);
  const outputs = trace.subarray(expected - (widths.at(-1) as number));
  const answer = {
    outputHash: tensorHash(tensorHeader(output), outputs),
    traceHash: keccak256(trace),
    salt,
  };
  return {
    attestation: {
      ...run,
      inputHash: tensorHash(tensorHeader(input), inputs),
      answer: answerHash(run.prover, answer),
    },
    answer,
    evidence: concat([numberToHex(layout.length, { size: 2 }), bytesToHex(layout), bytesToHex(trace)]),
  };
}

/**
 * The attestation of consecutive units, the first one's context in `of`, and the traces as `attestBatch` takes them.
 *
 * @param leaves Each unit's activations A_1 ‖ … ‖ A_L; at least one unit, all of one length.
 */
export function buildBatch(
  of: Omit<Batch, "count" | "root">,
  leaves: readonly Uint8Array[],
): { batch: Batch; traces: Hex } {
  const { root, count } = orderedTree(leaves);
  const odd = leaves.find(({ length }) => length !== leaves[0]?.length);
  if (odd) throw new RangeError(`A unit of ${odd.length} bytes doesn't fit a batch of ${leaves[0]?.length} each.`);
  return { batch: { ...of, count, root }, traces: concat(leaves.map((leaf) => bytesToHex(leaf))) };
}
