import { bytesToHex } from "viem";
import type { Assignment } from "../../../inference/assignment.ts";
import { disputeRow, disputeUnit } from "../../../inference/methods/fraudProof/dispute.ts";
import { type ChainModel, type Finding, recordedTrace } from "../../../inference/methods/fraudProof/examine.ts";
import type { AttestationState } from "../../../sdk/attestations.ts";
import { type Call, callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { showInput } from "../../../sdk/units.ts";

/**
 * The call that refutes an attestation by its wrong row.
 *
 * @param assignment Needed for a batch, whose units' inputs are derived from it.
 */
export function refutationOf(
  client: Client,
  attestation: AttestationState,
  { layoutBytes, layout, layers }: ChainModel,
  assignment: Assignment | undefined,
  { index, unit, ...wrong }: Finding,
): Call {
  const contract = contractOf(client, fraudProof);
  const row = disputeRow(layoutBytes, layers, wrong);
  if (attestation.kind === "single") {
    const { id, message, answer } = attestation;
    if (answer === undefined) throw new Error(`The answer of ${id} is hidden, so nothing of it can be shown wrong.`);
    const args = [message, answer, bytesToHex(recordedTrace(attestation)), row] as const;
    return callOf({ ...contract, functionName: "refute", args });
  }
  const { id, message, leaves } = attestation;
  if (assignment === undefined || unit === undefined) throw new Error(`Batch ${id} is of a task that no event shows.`);
  const { seed, task } = assignment;
  const ofUnit = unitSeed(seed, task.taskId, message.prover, unit);
  const shown = disputeUnit(leaves, index, showInput(ofUnit, task, layout.input));
  return callOf({ ...contract, functionName: "refuteBatch", args: [message, shown, row] });
}
