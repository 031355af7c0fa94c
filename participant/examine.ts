import { setImmediate as breathe } from "node:timers/promises";
import { type Address, bytesToHex, type Hex } from "viem";
import { disputeRow, disputeUnit, findWrongRow, type WrongRow } from "../inference/dispute.ts";
import { traceOf } from "../inference/fraud.ts";
import { fraudProofAbi } from "../sdk/abi.ts";
import { type Client, readModel, type TaskInputs } from "../sdk/client.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { unitOf } from "../sdk/contexts.ts";
import { decodeLayout, decodeRows, type Layout, type Row } from "../sdk/layouts.ts";
import { showInput, unitInput } from "../sdk/units.ts";
import type { BatchClaim, ClaimView, SingleClaim } from "./claims.ts";
import { type Call, callOf } from "./sender.ts";

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

/** A claim's first wrong row, and the call that refutes the claim by it. */
export interface Finding extends WrongRow {
  /** Position in the batch, from 0; 0 for a single statement. */
  index: number;
  /** The unit's number in its task; undefined where the claim is about none. */
  unit: bigint | undefined;
  call: Call;
}

/** "claims 5 in row 3 of layer 1 of unit 60; it is 4." */
export function describeFinding({ claimed, correct, row, layer, unit }: Omit<Finding, "call" | "index">): string {
  const of = unit === undefined ? "" : ` of unit ${unit}`;
  return `claims ${claimed} in row ${row} of layer ${layer}${of}; it is ${correct}.`;
}

/**
 * Re-runs a claim by the model's rows; undefined if it is honest.
 *
 * @param assignment Needed for a batch, whose units' inputs are derived from it.
 */
export async function examineClaim(
  fraudProof: Address,
  { id, claim }: ClaimView,
  model: ChainModel,
  assignment: Assignment | undefined,
): Promise<Finding | undefined> {
  if (claim.kind === "single") return examineSingle(fraudProof, claim, model);
  if (assignment === undefined) throw new Error(`Batch ${id} is of a task that no event tells of.`);
  return examineBatch(fraudProof, claim, model, assignment);
}

function examineSingle(
  address: Address,
  { statement, answer, trace }: SingleClaim,
  { layoutBytes, layers }: ChainModel,
): Finding | undefined {
  const wrong = findWrongRow(layers, trace);
  if (wrong === undefined) return undefined;
  const args = [statement, answer, bytesToHex(trace), disputeRow(layoutBytes, layers, wrong)] as const;
  const call = callOf({ address, abi: fraudProofAbi, functionName: "refute", args });
  return { ...wrong, index: 0, unit: unitOf(statement.context)?.unit, call };
}

async function examineBatch(
  address: Address,
  { statement, leaves }: BatchClaim,
  { layoutBytes, layout, layers }: ChainModel,
  { seed, task }: Assignment,
): Promise<Finding | undefined> {
  const first = unitOf(statement.context)?.unit ?? 0n;
  for (const [index, leaf] of leaves.entries()) {
    await breathe();
    const unit = first + BigInt(index);
    const ofUnit = unitSeed(seed, task.taskId, statement.prover, unit);
    const wrong = findWrongRow(layers, unitTrace(unitInput(ofUnit, task), leaf));
    if (wrong === undefined) continue;
    const shown = disputeUnit(leaves, index, showInput(ofUnit, task, layout.input));
    const args = [statement, shown, disputeRow(layoutBytes, layers, wrong)] as const;
    const call = callOf({ address, abi: fraudProofAbi, functionName: "refuteBatch", args });
    return { ...wrong, index, unit, call };
  }
  return undefined;
}

/** A batch unit's whole trace A_0 ‖ … ‖ A_L: its assigned input before its leaf. */
export const unitTrace = (input: Int8Array, leaf: Uint8Array): Uint8Array =>
  Uint8Array.from([...traceOf([input]), ...leaf]);
