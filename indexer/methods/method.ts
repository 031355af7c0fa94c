import type { Address } from "viem";
import type { z } from "zod";
import type { Rows } from "../fold/identity-map.ts";
import type { Attestation } from "../fold/recorded.ts";
import type { FoldSteps } from "../fold/step.ts";

/** What the indexer knows of a verification method beside what sdk/methods says. Rows of its own stand in fold/kinds.ts. */
export interface IndexedMethod {
  /** What the events of its contract do to rows, where they do anything. */
  steps?: FoldSteps;
  /** Who had a part in that an attestation was refuted; nobody where it is another method's. */
  catchersOf?(attestation: Attestation, rows: Rows): Iterable<Address>;
  /** Of the steps that its `stepOf` of sdk/methods gives; the OpenAPI document describes them. */
  stepSchemas: readonly z.ZodObject[];
}
