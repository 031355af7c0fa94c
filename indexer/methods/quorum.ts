import { z } from "zod";
import type { quorum as known } from "../../sdk/methods/quorum.ts";
import { count, decimal, hex, step } from "./fields.ts";
import type { IndexedMethod } from "./method.ts";

type Step = NonNullable<ReturnType<typeof known.stepOf>>;

/** Quorum: drawn panels vote. */
export const quorum: IndexedMethod = {
  stepSchemas: [
    step("drawScheduled", { round: count, drawBlock: count, drawUntil: count }),
    step("panelDrawn", { round: count, members: z.array(hex), commitUntil: count, revealUntil: count }),
    step("voteCommitted", { round: count, by: hex }),
    step("revealOpened", { round: count, revealUntil: count }),
    step("voteRevealed", { round: count, by: hex, outputHash: hex }),
    step("roundUndecided", { round: count, votes: count }),
    step("penalised", { account: hex, amount: decimal }),
  ] satisfies z.ZodType<Step>[],
};
