import { concat, type Hex, hexToBytes, keccak256, toHex } from "viem";

export const hash = (text: string): Hex => keccak256(toHex(text));

/** As many bytes as wanted that look random and are always the same. */
export function bytes(text: string, length: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, i) => hash(`${text} ${i}`));
  return hexToBytes(concat(["0x", ...blocks])).slice(0, length);
}

export const int8 = (data: Uint8Array): Int8Array => new Int8Array(data.buffer, data.byteOffset, data.length);
