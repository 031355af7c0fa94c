import { z } from "zod";
import type { zkProof as known } from "../../sdk/methods/zkProof.ts";
import { step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

/** ZkProof: an attestation is verified by its proof in the transaction that records it. */
export const zkProof: IndexedMethod = {
  stepSchemas: [step("proven", { isTest: z.boolean() })] satisfies z.ZodType<Step>[],
};
