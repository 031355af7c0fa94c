import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type InferenceRuntime, loadRuntime } from "../inference/runtime.ts";

/** The pinned runtime from the installed npm package; throws when its WebAssembly file is not the pinned one. */
export async function loadPinnedRuntime(): Promise<InferenceRuntime> {
  const file = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
  return loadRuntime(await readFile(file));
}
