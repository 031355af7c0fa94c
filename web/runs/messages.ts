import type { Hex } from "viem";
import type { Tensor } from "../../inference/tensors.ts";
import type { CheckMessage, CheckRequest } from "../check/messages.ts";

/** A published model, where its contracts stand, and who serves its file. */
export interface Place {
  modelId: Hex;
  /** What `/v1/deployment` says; checked by the worker. */
  deployment: unknown;
  rpcUrl: string;
  /** Where `/ipfs/<cid>` is asked for: the server of the page. */
  origin: string;
}

/** What is to be run. */
export interface RunRequest {
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

/** What is told of runs, in order; `ran` or `failed` is the last. */
export type RunMessage =
  /** A byte of the text that the model writes, unless activations are wanted. */
  { kind: "wrote"; byte: number } | { kind: "ran"; ran: Ran } | { kind: "failed"; message: string };

/** What a worker can be asked to do with its model. */
export interface Requests {
  check: CheckRequest;
  run: RunRequest;
}

/** What it tells of that. */
export interface Messages {
  check: CheckMessage;
  run: RunMessage;
}

/** What the page sends a worker, always of the same place: to open the model ahead, or one request after another. */
export type Asked =
  | { kind: "open"; place: Place }
  | { [Kind in keyof Requests]: { kind: Kind; place: Place; request: Requests[Kind] } }[keyof Requests];

/** What the worker sends the page. */
export type Told =
  | Messages[keyof Messages]
  /** The model couldn't be opened ahead: who asks for it is told why. */
  | { kind: "unopened" };
