import type { Hex } from "viem";
import type { Tensor } from "../../inference/tensors.ts";
import type { Deployment } from "../../sdk/deployment.ts";

/** What the worker is asked to run. */
export interface RunRequest {
  deployment: Deployment;
  rpcUrl: string;
  /** Where `/ipfs/<cid>` is asked for. */
  origin: string;
  modelId: Hex;
  /** Each input's elements, as bytes; at least one. */
  inputs: Uint8Array[];
  /** Whether all activations are wanted: then only as many inputs are run as fit into one attestation. */
  isTraced: boolean;
}

/** What came of a model's runs. */
export interface Ran {
  /** The first run's. */
  input: Tensor;
  output: Tensor;
  /** What a batch is attested with; undefined unless activations were wanted. */
  traced: { layout: Uint8Array; leaves: Uint8Array[] } | undefined;
}

/** What the worker answers; bytes of a text come while it is written. */
export type RunAnswer = { ran: Ran } | { wrote: number } | { failure: string };

/**
 * Runs a published model on the pinned runtime in a worker of its own: file and runtime are re-hashed there. Throws a
 * sentence that says why it can't be run.
 *
 * @param onByte Told each byte that a language model writes, unless activations are wanted.
 */
export function runHere(request: RunRequest, onByte: (byte: number) => void = () => {}): Promise<Ran> {
  const worker = new Worker(new URL("./run.worker.ts", import.meta.url), { type: "module" });
  const answered = new Promise<Ran>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<RunAnswer>) => {
      if ("wrote" in data) onByte(data.wrote);
      else if ("ran" in data) resolve(data.ran);
      else reject(new Error(data.failure));
    });
    worker.addEventListener("error", ({ message }) => reject(new Error(message || "The runtime could not be loaded.")));
  });
  worker.postMessage(request);
  return answered.finally(() => worker.terminate());
}
