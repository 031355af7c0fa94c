import type { AttestationState } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import type { Row } from "../../sdk/layouts.ts";
import type { Assignment } from "../assignment.ts";
import type { OpenModel } from "../models.ts";
import type { Checker } from "../verify/checks.ts";

/** An attestation that a method is to check. */
export interface Subject extends Looked {
  client: Client;
  attestation: AttestationState;
}

/** What the shared checks came by, where the method's checks begin. */
export interface Looked {
  /** Position of the one unit of a batch that is looked at; undefined where all are, and of a single attestation. */
  index: number | undefined;
  /** Undefined where its parts fail, and of a whole batch, whose model the shared checks don't fetch. */
  model: OpenModel | undefined;
  /** What a batch's inputs are derived from; undefined of a single attestation. */
  assignment: Assignment | undefined;
}

/** A row of an integer model, recomputed with all that goes into it, and what the prover claimed instead. */
export interface ShownRow extends Row {
  /** The unit's number in its task; undefined where the attestation is about none. */
  unit: bigint | undefined;
  /** From 0: the layer that maps A_layer to A_layer+1. */
  layer: number;
  /** The neuron within its layer, from 0. */
  row: number;
  /** The activations below it, as the prover claimed them. */
  inputs: Int8Array;
  /** Σ x·w. */
  sum: number;
  claimed: number;
  correct: number;
}

/** What is looked at: a single attestation, a whole batch, or one unit of it. */
export type Scope = "single" | "batch" | "unit";

/** A verification method's part in checking attestations; one file or folder a method, registered in `index.ts`. */
export interface InferenceMethod {
  /** What it checks beyond the shared checks; undefined where those are all that a reader can check. */
  evidence?: {
    /** Number of checks at most. */
    most: Readonly<Record<Scope, number>>;
    /** Makes them; returns the first wrong row where it found one. */
    check(subject: Subject, check: Checker): Promise<ShownRow | undefined>;
  };
  /** How it refutes by a row that is shown to its contract; undefined where it doesn't. */
  rows?: {
    /** What the contract said when it refuted: lines for a person, and the JSON's `refutation`; null where it didn't. */
    tell(attestation: AttestationState): { lines: string[]; refutation: object } | null;
    /** Recomputes that row from the chain alone, and says whether the contract's numbers are the same. */
    show(client: Client, attestation: AttestationState): Promise<{ row: ShownRow; words: string } | undefined>;
  };
}
