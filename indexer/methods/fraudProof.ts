import { z } from "zod";
import type { fraudProof as known } from "../../sdk/methods/fraudProof.ts";
import { count, decimal, hex, step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

const int8 = z.int().min(-128).max(127);
const position = { index: count, unit: decimal.nullable(), layer: count, row: count };

/** FraudProof: activations are on chain, and whoever shows a wrong row refutes them. */
export const fraudProof: IndexedMethod = {
  stepSchemas: [step("rowRefuted", { by: hex, ...position, claimed: int8, correct: int8 })] satisfies z.ZodType<Step>[],
};
