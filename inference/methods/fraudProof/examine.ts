import type { Hex } from "viem";
import { type Client, readModel, type TaskInputs } from "../../../sdk/client.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { decodeLayout, decodeRows, type Layout, type Row } from "../../../sdk/layouts.ts";
import { unitInput } from "../../../sdk/units.ts";
import type { BatchClaim, ClaimView } from "../../verify/claims.ts";
import { findWrongRow, type WrongRow } from "./dispute.ts";
import { traceOf } from "./evidence.ts";

/** A model as the chain alone tells of it: its rows are all that a claim is held to. */
export interface ChainModel {
  layoutBytes: Uint8Array;
  layout: Layout;
  layers: Row[][];
}

/** Reads a model from the chain alone. Throws a RangeError when what was published can't be read. */
export async function readChainModel(client: Client, modelId: Hex): Promise<ChainModel> {
  const { layout: layoutBytes, rows } = await readModel(client, modelId);
  const layout = decodeLayout(layoutBytes);
  return { layoutBytes, layout, layers: decodeRows(layout.widths, rows) };
}

/** What a unit's input is derived from. */
export interface Assignment {
  /** The season's. */
  seed: Hex;
  task: TaskInputs;
}

/** A claim's first wrong row. */
export interface Finding extends WrongRow {
  /** Position in the batch, from 0; 0 for a single attestation. */
  index: number;
  /** The unit's number in its task; undefined where the claim is about none. */
  unit: bigint | undefined;
}

/** "claims 5 in row 3 of layer 1 of unit 60; it is 4." */
export function describeFinding({ claimed, correct, row, layer, unit }: Omit<Finding, "index">): string {
  const of = unit === undefined ? "" : ` of unit ${unit}`;
  return `claims ${claimed} in row ${row} of layer ${layer}${of}; it is ${correct}.`;
}

/**
 * Re-runs a claim by the model's rows; undefined if it is honest.
 *
 * @param assignment Needed for a batch, whose units' inputs are derived from it.
 */
export async function examineClaim(
  { id, claim }: ClaimView,
  { layers }: ChainModel,
  assignment: Assignment | undefined,
): Promise<Finding | undefined> {
  if (claim.kind === "single") {
    const wrong = findWrongRow(layers, claim.trace);
    return wrong && { ...wrong, index: 0, unit: unitOf(claim.attestation.context)?.unit };
  }
  if (assignment === undefined) throw new Error(`Batch ${id} is of a task that no event tells of.`);
  return examineBatch(claim, layers, assignment);
}

/** Time that goes by between two chances for others to run. */
const BUSY_MS = 10;

async function examineBatch(
  { attestation, leaves }: BatchClaim,
  layers: readonly (readonly Row[])[],
  { seed, task }: Assignment,
): Promise<Finding | undefined> {
  const first = unitOf(attestation.context)?.unit ?? 0n;
  let busySince = performance.now();
  for (const [index, leaf] of leaves.entries()) {
    if (performance.now() - busySince > BUSY_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      busySince = performance.now();
    }
    const unit = first + BigInt(index);
    const input = unitInput(unitSeed(seed, task.taskId, attestation.prover, unit), task);
    const wrong = findWrongRow(layers, unitTrace(input, leaf));
    if (wrong !== undefined) return { ...wrong, index, unit };
  }
  return undefined;
}

/** A batch unit's whole trace A_0 ‖ … ‖ A_L: its assigned input before its leaf. */
export const unitTrace = (input: Int8Array, leaf: Uint8Array): Uint8Array =>
  Uint8Array.from([...traceOf([input]), ...leaf]);
