import { bytesToHex } from "viem";
import { disputeRow, disputeUnit } from "../inference/methods/fraudProof/dispute.ts";
import type { Assignment, ChainModel, Finding } from "../inference/methods/fraudProof/examine.ts";
import type { ClaimView } from "../inference/verify/claims.ts";
import { fraudProofAbi } from "../sdk/abi.ts";
import { type Client, fraudProofOf } from "../sdk/client.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { showInput } from "../sdk/units.ts";
import { type Call, callOf } from "./sender.ts";

/**
 * The call that refutes a claim by its wrong row.
 *
 * @param assignment Needed for a batch, whose units' inputs are derived from it.
 */
export function refutationOf(
  client: Client,
  { id, claim }: ClaimView,
  { layoutBytes, layout, layers }: ChainModel,
  assignment: Assignment | undefined,
  { index, unit, ...wrong }: Finding,
): Call {
  const { address } = fraudProofOf(client);
  const row = disputeRow(layoutBytes, layers, wrong);
  if (claim.kind === "single") {
    const args = [claim.attestation, claim.answer, bytesToHex(claim.trace), row] as const;
    return callOf({ address, abi: fraudProofAbi, functionName: "refute", args });
  }
  if (assignment === undefined || unit === undefined)
    throw new Error(`Batch ${id} is of a task that no event tells of.`);
  const { seed, task } = assignment;
  const ofUnit = unitSeed(seed, task.taskId, claim.attestation.prover, unit);
  const shown = disputeUnit(claim.leaves, index, showInput(ofUnit, task, layout.input));
  return callOf({ address, abi: fraudProofAbi, functionName: "refuteBatch", args: [claim.attestation, shown, row] });
}
