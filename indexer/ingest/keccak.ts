import { createKeccak } from "hash-wasm";
import type { Hex } from "viem";

const hasher = await createKeccak(256);

/** keccak256 of some bytes: about ten times as fast as in plain JavaScript. */
export function keccak(bytes: Uint8Array): Uint8Array {
  hasher.init();
  hasher.update(bytes);
  return hasher.digest("binary");
}

/** {@link keccak} as hex. */
export const keccakHex = (bytes: Uint8Array): Hex => `0x${Buffer.from(keccak(bytes)).toString("hex")}`;
