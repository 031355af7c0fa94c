import { keccak256, numberToHex } from "viem";
import { assignedInput } from "../sdk/commitments.ts";

/** Input number `index` with noise as a season adds it to the input of a unit. */
export const withNoise = (input: Int8Array, index: number, noise: number): Int8Array =>
  assignedInput(keccak256(numberToHex(index, { size: 32 })), input, noise);
