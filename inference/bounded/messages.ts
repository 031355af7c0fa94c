import type { CheckedModel, PublishedModel } from "../model.ts";

/** What the host asks of its worker. */
export type Request =
  /** First: the runtime's WebAssembly file, and the most memory that it may take, in bytes. */
  | { kind: "start"; wasm: Uint8Array; memory: number }
  /** The model that the worker is for: once, or again after one that was refused. */
  | { kind: "open"; model: PublishedModel; artifact: Uint8Array }
  /** Consecutive runs, numbered from `first` on; their inputs are joined in order. */
  | { kind: "run"; first: number; count: number; inputs: Uint8Array };

/** What the worker answers. */
export type Response =
  | { kind: "opened"; checked: CheckedModel }
  /** `fresh` if the runtime was not even started: the worker can look at another model. */
  | { kind: "refused"; failure: Failure; fresh: boolean }
  /** Outputs of consecutive runs, joined in order, because a message costs more than a small run. */
  | { kind: "ran"; first: number; count: number; outputs: Uint8Array }
  /** A byte that a run writes, before it has run to its end. */
  | { kind: "wrote"; id: number; byte: number; position: number }
  | { kind: "failed"; id: number; failure: Failure };

/**
 * Why something failed. `model` and `run` follow from bytes alone and are the same on every host; `host` is about this
 * machine, not the model.
 */
export interface Failure {
  of: "model" | "run" | "host";
  message: string;
  /** The instance has trapped and can't be used any more. */
  broken: boolean;
}
