import { createKeccak } from "hash-wasm";
import type { Keccak } from "../sdk/tree.ts";

const hasher = await createKeccak(256);

/** keccak256 in WebAssembly: for trees of so many rows that hashing them in plain JavaScript takes longer than the run. */
export const fastKeccak: Keccak = (bytes) => {
  hasher.init();
  hasher.update(bytes);
  return hasher.digest("binary");
};
