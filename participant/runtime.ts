import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type BoundedOptions, createBoundedOpener, type WorkerHandle } from "../inference/bounded/host.ts";
import type { ModelOpener } from "../inference/opener.ts";
import { type InferenceRuntime, loadRuntime } from "../inference/runtime.ts";

const readWasm = (): Promise<Uint8Array> =>
  readFile(fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm")));

/** The pinned runtime from the installed npm package, in this thread; throws when its WebAssembly file is another. */
export const loadPinnedRuntime = async (): Promise<InferenceRuntime> => loadRuntime(await readWasm());

/** Runs strangers' models on the pinned runtime, each in a thread of its own that can be ended. */
export const openBounded = async (
  limits: Pick<BoundedOptions, "most" | "time" | "memory"> = {},
): Promise<ModelOpener & { close(): void }> => createBoundedOpener({ ...limits, wasm: await readWasm(), startWorker });

function startWorker(): WorkerHandle {
  const worker = new Worker(new URL("runtime.worker.ts", import.meta.url));
  return {
    post: (request) => worker.postMessage(request),
    listen(onResponse, onFailure) {
      worker.on("message", onResponse);
      worker.on("error", onFailure);
      worker.on("exit", (code) => onFailure(new Error(`it ended with code ${code}`)));
    },
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    terminate: () => void worker.terminate(),
  };
}
