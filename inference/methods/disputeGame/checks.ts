import type { InferenceMethod } from "../method.ts";

/** A root is on chain, and nothing behind it: the shared checks run the model and compare its output. */
export const disputeGame: InferenceMethod = {
  refuses: ({ parameters }) =>
    parameters === undefined ? "It is no graph, of which one number could be shown to the contract." : undefined,
};
