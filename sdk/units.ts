import type { Hex } from "viem";
import { assignedInput, baseIndex } from "./commitments.ts";

/** A task's base inputs as `TaskAdded` carries them. */
export interface BaseInputs {
  /** Raw bytes of all base inputs, one after the other. */
  inputs: Uint8Array;
  inputCount: number;
  /** Each element is moved by -noise to +noise. */
  noise: number;
}

/** The input that a unit must work on: the base input that its seed draws, with the noise that its seed gives. */
export function unitInput(seed: Hex, { inputs, inputCount, noise }: BaseInputs): Int8Array {
  if (inputCount < 1 || inputs.length % inputCount !== 0)
    throw new RangeError(`${inputs.length} bytes are not ${inputCount} base inputs.`);
  const length = inputs.length / inputCount;
  const at = baseIndex(seed, inputCount) * length;
  return assignedInput(seed, new Int8Array(inputs.slice(at, at + length).buffer), noise);
}
