import type { CheckedModel, PublishedModel } from "../model.ts";

/** What the host asks of its worker. */
export type Request =
  /** First of all: the runtime's WebAssembly file, and the most memory that it may take, in bytes. */
  | { kind: "start"; wasm: Uint8Array; memory: number }
  /** The model that the worker is for: once, or again after one that was refused. */
  | { kind: "open"; model: PublishedModel; artifact: Uint8Array }
  /** Runs one after another, numbered from `first` on; their inputs stand one after the other, too. */
  | { kind: "run"; first: number; count: number; inputs: Uint8Array };

/** What the worker answers. */
export type Response =
  | { kind: "opened"; checked: CheckedModel }
  /** `fresh` where the runtime was not even started: the worker can look at another model. */
  | { kind: "refused"; failure: Failure; fresh: boolean }
  /** Of runs one after another that are over, their outputs one after the other: a message costs more than a small run. */
  | { kind: "ran"; first: number; count: number; outputs: Uint8Array }
  | { kind: "failed"; id: number; failure: Failure };

/**
 * Why something failed. `model` and `run` follow from bytes alone and are the same on every host, `host` says
 * nothing of the model.
 */
export interface Failure {
  of: "model" | "run" | "host";
  message: string;
  /** The instance has trapped, and is no ground to stand on any more. */
  broken: boolean;
}
