import { createKeccak, type IHasher } from "hash-wasm";
import { keccak256 } from "ox/Hash";
import type { Keccak } from "../sdk/tree.ts";

// Not awaited here: a worker loses the messages that come while its modules wait.
let hasher: IHasher | undefined;
createKeccak(256).then(
  (made) => {
    hasher = made;
  },
  () => {}, // Where no WebAssembly is allowed.
);

/**
 * keccak256 for trees of so many rows that hashing them in plain JavaScript takes longer than the run: in WebAssembly, as soon
 * as that is compiled.
 */
export const fastKeccak: Keccak = (bytes) => {
  if (!hasher) return keccak256(bytes);
  hasher.init();
  hasher.update(bytes);
  return hasher.digest("binary");
};
