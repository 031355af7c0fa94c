import type { CheckedModel, PublishedModel } from "../model.ts";

/** What the host asks of its worker. Bytes are handed over, not copied, where the host has no more use for them. */
export type Request =
  /** First of all: the runtime's WebAssembly file, and the most memory that it may take, in bytes. */
  | { kind: "start"; wasm: Uint8Array; memory: number }
  /** Once: the model that the worker is for. */
  | { kind: "open"; model: PublishedModel; artifact: Uint8Array }
  /** Runs one after another; each is answered by itself. */
  | { kind: "run"; runs: readonly { id: number; input: Uint8Array }[] };

/** What the worker answers. */
export type Response =
  | { kind: "opened"; checked: CheckedModel }
  | { kind: "refused"; failure: Failure }
  | { kind: "ran"; id: number; output: Uint8Array }
  | { kind: "failed"; id: number; failure: Failure };

/**
 * Why something failed. `model` and `run` follow from bytes alone and are the same on every host, `input` is the
 * caller's mistake, and `host` says nothing of the model.
 */
export interface Failure {
  of: "model" | "run" | "input" | "host";
  message: string;
  /** The instance has trapped, and is no ground to stand on any more. */
  broken: boolean;
}
