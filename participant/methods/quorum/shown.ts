import { bytesToHex } from "viem";
import { assignedTo } from "../../../inference/assignment.ts";
import { forward } from "../../../inference/integer.ts";
import { disputeRow, findWrongRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { type Finding, readChainModel } from "../../../inference/methods/fraudProof/examine.ts";
import { hashTensor } from "../../../inference/tensors.ts";
import type { SingleState } from "../../../sdk/attestations.ts";
import { type Call, callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { showInput } from "../../../sdk/units.ts";
import type { AssignedUnit } from "../../chainState.ts";

/** The first wrong row of a run that was shown, and the call that refutes it; undefined where all is right. */
export async function findWrongShown(
  client: Client,
  { message, answer, id }: SingleState,
  trace: Uint8Array,
): Promise<{ finding: Finding; call: Call } | undefined> {
  const { layoutBytes, layers } = await readChainModel(client, message.modelId);
  const wrong = findWrongRow(layers, trace);
  if (wrong === undefined) return undefined;
  if (answer === undefined) throw new Error(`The answer of ${id} is hidden, so nothing of it can be shown wrong.`);
  const args = [message, answer, bytesToHex(trace), disputeRow(layoutBytes, layers, wrong)] as const;
  return {
    finding: { ...wrong, index: 0, unit: unitOf(message.context)?.unit },
    call: callOf({ ...contractOf(client, fraudProof), functionName: "refute", args }),
  };
}

/** Why a run can't be shown: the model has no rows, or they give another output than the attested one. */
export type Unshowable = "noRows" | "otherOutput";

/**
 * The call by which a prover shows the run of its attestation for a unit, or why there is none. Throws while the answer is
 * hidden.
 */
export async function showRun(
  client: Client,
  { message, answer, id }: SingleState,
  assigned: AssignedUnit,
): Promise<Call | Unshowable> {
  if (answer === undefined) throw new Error(`The answer of ${id} is hidden, so its run can't be shown.`);
  const { seed, task, unit } = assigned;
  const { layoutBytes, layout, layers } = await readChainModel(client, message.modelId);
  if (layers.length === 0) return "noRows";
  const activations = forward(layers, assignedTo(assigned, message.prover, unit));
  const output = activations.at(-1) as Int8Array;
  if (hashTensor({ spec: layout.output, data: new Uint8Array(output) }) !== answer.outputHash) return "otherOutput";
  const input = showInput(unitSeed(seed, task.taskId, message.prover, unit), task, layout.input);
  const args = [message, answer, bytesToHex(layoutBytes), bytesToHex(traceOf(activations)), input] as const;
  return callOf({ ...contractOf(client, fraudProof), functionName: "show", args });
}
