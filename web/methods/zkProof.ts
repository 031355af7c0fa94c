import { zkProof as method } from "../../sdk/methods/zkProof.ts";
import { sentence } from "../sentence.ts";
import type { StepsOf, WebMethod } from "./method.ts";

/** A zero-knowledge proof of the run, checked when it is recorded. */
export const zkProof: WebMethod<StepsOf<typeof method>> = {
  describe: (step) =>
    step.step === "proven"
      ? sentence`The contract checked a zero-knowledge proof of the run${step.isTest ? ", under a TEST key: whoever made that can forge proofs" : ""}.`
      : undefined,
  rulesOf: () => ({
    earnings: [
      `Under ${method.name} a unit is verified in the transaction that attests it, by a zero-knowledge proof.`,
    ],
    penalties: [
      `Under ${method.name} an answer without a proof is not recorded, so nothing is refuted and nothing burns.`,
    ],
  }),
  refutationOf: () => ({
    by: sentence`nobody: ${method.name} refutes nothing`,
    evidence: sentence`none`,
    also: [],
  }),
};
