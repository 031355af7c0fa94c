import type { AttestationState } from "../../sdk/attestations.ts";
import type { Client } from "../../sdk/client.ts";
import type { Row } from "../../sdk/layouts.ts";
import type { Assignment } from "../assignment.ts";
import type { ContentReader } from "../content.ts";
import type { CheckedModel, PublishedModel } from "../model.ts";
import type { OpenModel } from "../models.ts";
import type { Checker } from "../verify/checks.ts";

/** An attestation that a method is to check. */
export interface Subject extends Looked {
  client: Client;
  content: ContentReader;
  attestation: AttestationState;
}

/** What the shared checks found, for the method's checks. */
export interface Looked {
  /** Position of the one unit of a batch that is checked; undefined for a whole batch, and for a single attestation. */
  index: number | undefined;
  /** Undefined if its parts are wrong, and for a whole batch, whose model the shared checks don't fetch. */
  model: OpenModel | undefined;
  /** A single attestation's, raw bytes; undefined if it wasn't found or isn't the one that is named, and for a batch. */
  input: Uint8Array | undefined;
  /** What a batch's inputs are derived from; undefined for a single attestation. */
  assignment: Assignment | undefined;
}

/** A row of an integer model, recomputed with all its parts, and the value that the prover attested instead. */
export interface ShownRow extends Row {
  /** The unit's number in its task; undefined if the attestation is about none. */
  unit: bigint | undefined;
  /** From 0: the layer that maps A_layer to A_layer+1. */
  layer: number;
  /** The neuron within its layer, from 0. */
  row: number;
  /** The activations below it, as the prover attested them. */
  inputs: Int8Array;
  /** Σ x·w. */
  sum: number;
  claimed: number;
  correct: number;
}

/** What is checked: a single attestation, a whole batch, or one unit of it. */
export type Scope = "single" | "batch" | "unit";

/** A verification method's part in checking attestations; one file or folder for each method, registered in `index.ts`. */
export interface InferenceMethod {
  /** Why its contract takes no attestation of a model, as a sentence; left out where it takes any. */
  refuses?(checked: CheckedModel, model: PublishedModel): string | undefined;
  /** What it checks beyond the shared checks; undefined if a reader can't check more. */
  evidence?: {
    /** Most checks. */
    most: Readonly<Record<Scope, number>>;
    /** Makes them; returns the first wrong row, if any. */
    check(subject: Subject, check: Checker): Promise<ShownRow | undefined>;
  };
  /** How its contract refutes by a row; undefined if it doesn't. */
  rows?: {
    /** The contract's refutation: lines for a person, and the JSON's `refutation`; null if there is none. */
    describe(attestation: AttestationState): { lines: string[]; refutation: object } | null;
    /** Recomputes that row from the chain alone, and compares the contract's numbers. */
    show(client: Client, attestation: AttestationState): Promise<{ row: ShownRow; words: string } | undefined>;
  };
}
