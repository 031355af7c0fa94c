import type { z } from "zod";

/** What the indexer knows of a verification method beside what sdk/methods says. */
export interface IndexedMethod {
  /** Of the steps that its `stepOf` of sdk/methods gives; the OpenAPI document describes them. */
  stepSchemas: readonly z.ZodObject[];
}
