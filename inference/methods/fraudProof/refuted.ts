import { type AttestationState, detailOf } from "../../../sdk/attestations.ts";
import type { Client } from "../../../sdk/client.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { assignedTo, readAssignment } from "../../assignment.ts";
import type { ShownRow } from "../method.ts";
import { showRow } from "./dispute.ts";
import { readChainModel, recordedTrace, unitTrace } from "./examine.ts";

/**
 * Recomputes the row by which an attestation was refuted, from the chain alone, and compares the contract's numbers;
 * undefined if nobody showed one. Throws a sentence when its data can't be read.
 */
export async function showRefutation(
  client: Client,
  attestation: AttestationState,
): Promise<{ row: ShownRow; words: string } | undefined> {
  const refutation = detailOf(fraudProof, attestation)?.refutation;
  if (refutation === undefined) return undefined;
  const { index, claimed, correct } = refutation;
  const { layers } = await readChainModel(client, attestation.message.modelId);
  const first = unitOf(attestation.message.context)?.unit;
  const unit = first === undefined ? undefined : first + BigInt(index);
  const row = { ...showRow(layers, await disputedTrace(client, attestation, index), refutation), unit };
  const isSame = row.claimed === claimed && row.correct === correct;
  const words = isSame
    ? "Both numbers are those that the contract computed when the attestation was refuted."
    : `That is not what the contract said: claimed ${claimed}, correct ${correct}.`;
  return { row, words };
}

/** The activations A_0 ‖ … ‖ A_L of the unit or run that was refuted. */
async function disputedTrace(client: Client, attestation: AttestationState, index: number): Promise<Uint8Array> {
  if (attestation.kind === "single") return recordedTrace(attestation);
  const { message, leaves, id } = attestation;
  const [first, leaf] = [unitOf(message.context), leaves[index]];
  if (first === undefined || leaf === undefined)
    throw new Error(`Batch ${id} has no unit at position ${index}, by which it was refuted.`);
  const assignment = await readAssignment(client, first);
  if (typeof assignment === "string") throw new Error(assignment);
  return unitTrace(assignedTo(assignment, message.prover, first.unit + BigInt(index)), leaf);
}
