import { bytesToHex, type Hex } from "viem";
import { assignedInput, baseIndex } from "./commitments.ts";
import { type TensorSpec, tensorHeader } from "./layouts.ts";
import { orderedTree } from "./tree.ts";

/** A task's base inputs as `TaskAdded` carries them. */
export interface BaseInputs {
  /** Raw bytes of all base inputs, one after the other. */
  inputs: Uint8Array;
  inputCount: number;
  /** Each element is moved by -noise to +noise. */
  noise: number;
}

/** The input that a unit must work on: the base input that its seed draws, with the noise that its seed gives. */
export function unitInput(seed: Hex, task: BaseInputs): Int8Array {
  const cut = cutter(task);
  const base = cut(baseIndex(seed, task.inputCount));
  return assignedInput(seed, new Int8Array(base.buffer, base.byteOffset, base.length), task.noise);
}

/** What proves a unit's input to a contract: `AssignedInput` of the campaign. */
export interface AssignedInput {
  header: Hex;
  base: Hex;
  proof: Hex[];
}

/** Where no input is looked at. */
export const NO_INPUT: AssignedInput = { header: "0x", base: "0x", proof: [] };

/** Shows the campaign the base input that a unit's seed draws. */
export function showInput(seed: Hex, task: BaseInputs, input: TensorSpec): AssignedInput {
  const cut = cutter(task);
  const index = baseIndex(seed, task.inputCount);
  return {
    header: bytesToHex(tensorHeader(input)),
    base: bytesToHex(cut(index)),
    proof: orderedTree(Array.from({ length: task.inputCount }, (_, i) => cut(i))).proof(index),
  };
}

/** Cuts base inputs out of a task's, by their index. */
function cutter({ inputs, inputCount }: BaseInputs): (index: number) => Uint8Array {
  if (inputCount < 1 || inputs.length % inputCount !== 0)
    throw new RangeError(`${inputs.length} bytes are not ${inputCount} base inputs.`);
  const length = inputs.length / inputCount;
  return (index) => inputs.subarray(index * length, (index + 1) * length);
}

/** Consecutive units: from `first` on, up to `end`, which is none of them. */
export interface UnitSpan {
  first: number;
  end: number;
}

/** The units of 0 to `total` that are in none of `taken`, in order, as long spans as there are. */
export function freeSpans(taken: readonly UnitSpan[], total: number): UnitSpan[] {
  const spans: UnitSpan[] = [];
  let first = 0;
  for (const next of [...[...taken].sort((a, b) => a.first - b.first), { first: total, end: total }]) {
    const end = Math.min(next.first, total);
    if (end > first) spans.push({ first, end });
    first = Math.max(first, next.end);
  }
  return spans;
}
