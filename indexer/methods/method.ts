import type { Address } from "viem";
import type { Attestation } from "../fold/recorded.ts";
import type { Rows } from "../fold/rows.ts";
import type { FoldSteps } from "../fold/step.ts";

/** What the indexer knows of a verification method. */
export interface IndexedMethod {
  /** Of the events that its contract emits. */
  steps: FoldSteps;
  /** Who had a part in that an attestation was refuted; nobody where it is another method's. */
  catchersOf(attestation: Attestation, rows: Rows): Iterable<Address>;
}
