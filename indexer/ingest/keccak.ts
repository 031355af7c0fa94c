import { createKeccak } from "hash-wasm";

const hasher = await createKeccak(256);

/** keccak256 of some bytes: about ten times as fast as in plain JavaScript. */
export function keccak(bytes: Uint8Array): Uint8Array {
  hasher.init();
  hasher.update(bytes);
  return hasher.digest("binary");
}
