import type { Address, Hex } from "viem";
import type { ShownRow } from "../../inference/methods/method.ts";
import type { Tensor } from "../../inference/tensors.ts";
import type { Check } from "../../inference/verify/checks.ts";
import type { Verdict } from "./verdict.ts";

/** What the page asks the worker of an attestation's model to check. */
export interface CheckRequest {
  /** An attestation's uid, or a batch's id. */
  uid: Hex;
  /** Number in its task of the one unit of a batch to check; defaults to the whole batch. */
  unit: bigint | undefined;
}

/** An attestation or batch as the chain recorded it. */
export interface Recorded {
  prover: Address;
  modelId: Hex;
  method: number;
  context: Hex;
  /** Null of a batch. */
  inputHash: Hex | null;
  /** Null while hidden, and of a batch. */
  outputHash: Hex | null;
  /** Null of a single attestation. */
  root: Hex | null;
  status: string;
}

/** What the worker found. */
export interface Found {
  verdict: Verdict;
  /** What the chain says of it, to be compared with what the indexer says. */
  recorded: Recorded;
  /** What the model saw and gave here; undefined where it didn't run. */
  input: Tensor | undefined;
  output: Tensor | undefined;
  /** The text that the prover answered, where the content has it. */
  claimed: Tensor | undefined;
  /** The first wrong row found here; undefined where none was. */
  wrong: ShownRow | undefined;
  /** The row by which it was refuted on chain, recomputed here, and whether the contract's numbers are the same. */
  refuted: { row: ShownRow; words: string } | undefined;
}

/** What the worker sends the page, in order; `found` or `failed` is the last. */
export type CheckMessage =
  | { kind: "doing"; what: string }
  | { kind: "check"; check: Check }
  /** A byte of the text that the model writes. */
  | { kind: "wrote"; byte: number }
  | { kind: "found"; found: Found }
  | { kind: "failed"; message: string };
