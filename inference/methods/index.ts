import { knownMethods, type MethodName } from "../../sdk/methods/index.ts";
import { enclave } from "./enclave/checks.ts";
import { fraudProof } from "./fraudProof/checks.ts";
import type { InferenceMethod } from "./method.ts";
import { quorum } from "./quorum.ts";
import { zkProof } from "./zkProof/checks.ts";

/** Each known method's part in checking attestations. */
export const inferenceMethods = { quorum, fraudProof, zkProof, enclave } satisfies Record<MethodName, InferenceMethod>;

/** The part of the method with a number of the registry's list; undefined for one that isn't known here. */
export function inferenceMethodById(id: number): InferenceMethod | undefined {
  const name = knownMethods().find(([, method]) => method.id === id)?.[0];
  return name === undefined ? undefined : (inferenceMethods as Record<string, InferenceMethod>)[name];
}
