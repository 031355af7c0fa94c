import type { Hex } from "viem";
import { type AttestationState, type BatchState, detailOf } from "../../../sdk/attestations.ts";
import { type Client, readModel } from "../../../sdk/client.ts";
import { unitOf } from "../../../sdk/contexts.ts";
import { decodeLayout, decodeRows, type Layout, type Row } from "../../../sdk/layouts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { type Assignment, assignedTo } from "../../assignment.ts";
import { findWrongRow, type WrongRow } from "./dispute.ts";
import { traceOf } from "./evidence.ts";

export type { Assignment } from "../../assignment.ts";

/** A model from the chain alone: attestations are compared with its rows. */
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

/** An attestation's first wrong row. */
export interface Finding extends WrongRow {
  /** Position in the batch, from 0; 0 for a single attestation. */
  index: number;
  /** The unit's number in its task; undefined if the attestation is about none. */
  unit: bigint | undefined;
}

/** "claims 5 in row 3 of layer 1 of unit 60; it is 4." */
export function describeFinding({ claimed, correct, row, layer, unit }: Omit<Finding, "index">): string {
  const of = unit === undefined ? "" : ` of unit ${unit}`;
  return `claims ${claimed} in row ${row} of layer ${layer}${of}; it is ${correct}.`;
}

/**
 * Recomputes all activations of an attestation under FraudProof by the model's rows; undefined if they are right. Throws
 * a sentence when it is under another method.
 *
 * @param assignment Needed for a batch, whose units' inputs are derived from it.
 */
export async function examine(
  attestation: AttestationState,
  { layers }: ChainModel,
  assignment: Assignment | undefined,
): Promise<Finding | undefined> {
  if (attestation.kind === "single") {
    const wrong = findWrongRow(layers, recordedTrace(attestation));
    return wrong && { ...wrong, index: 0, unit: unitOf(attestation.message.context)?.unit };
  }
  if (assignment === undefined) throw new Error(`Batch ${attestation.id} is of a task that no event shows.`);
  return examineBatch(attestation, layers, assignment);
}

/** A single attestation's activations A_0 ‖ … ‖ A_L, as its contract recorded them. */
export function recordedTrace(attestation: AttestationState): Uint8Array {
  const detail = detailOf(fraudProof, attestation);
  if (detail === undefined) throw new Error(`Attestation ${attestation.id} is not under ${fraudProof.name}.`);
  return detail.trace;
}

/** Longest time without letting other work run. */
const BUSY_MS = 10;

async function examineBatch(
  { message, leaves }: BatchState,
  layers: readonly (readonly Row[])[],
  assignment: Assignment,
): Promise<Finding | undefined> {
  const first = unitOf(message.context)?.unit ?? 0n;
  let busySince = performance.now();
  for (const [index, leaf] of leaves.entries()) {
    if (performance.now() - busySince > BUSY_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      busySince = performance.now();
    }
    const unit = first + BigInt(index);
    const wrong = findWrongRow(layers, unitTrace(assignedTo(assignment, message.prover, unit), leaf));
    if (wrong !== undefined) return { ...wrong, index, unit };
  }
  return undefined;
}

/** A batch unit's whole trace A_0 ‖ … ‖ A_L: its assigned input before its leaf. */
export const unitTrace = (input: Int8Array, leaf: Uint8Array): Uint8Array =>
  Uint8Array.from([...traceOf([input]), ...leaf]);
