import { isPlayable } from "../../../sdk/dispute.ts";
import type { InferenceMethod } from "../method.ts";

/** A root is on chain, and nothing behind it: the shared checks run the model and compare its output. */
export const disputeGame: InferenceMethod = {
  refuses({ parameters, layout: { graph = [] } }) {
    if (parameters === undefined) return "It is no graph, of which one number could be shown to the contract.";
    return isPlayable(graph) ? undefined : "Its input and output are too large to be shown in one transaction.";
  },
};
