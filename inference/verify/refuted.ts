import type { Client } from "../../sdk/client.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { type ShownRow, showRow } from "../methods/fraudProof/dispute.ts";
import { readChainModel, unitTrace } from "../methods/fraudProof/examine.ts";
import { assignedTo, readAssignment } from "./checks.ts";
import type { ClaimView } from "./claims.ts";

/**
 * Recomputes the row by which a claim was refuted, from the chain alone; undefined where nobody showed one. Throws a
 * sentence when what it is computed from can't be read.
 */
export async function showRefutation(client: Client, { claim, refutation }: ClaimView): Promise<ShownRow | undefined> {
  if (refutation === undefined) return undefined;
  const { layers } = await readChainModel(client, claim.attestation.modelId);
  if (claim.kind === "single") return showRow(layers, claim.trace, refutation);
  const first = unitOf(claim.attestation.context);
  const leaf = claim.leaves[refutation.index];
  if (first === undefined || leaf === undefined)
    throw new Error(`The batch has no unit at position ${refutation.index}, by which it was refuted.`);
  const assignment = await readAssignment(client, first);
  if (typeof assignment === "string") throw new Error(assignment);
  const input = assignedTo(assignment, claim.attestation.prover, first.unit + BigInt(refutation.index));
  return showRow(layers, unitTrace(input, leaf), refutation);
}
