import { enclave as method } from "../../sdk/methods/enclave.ts";
import { exactTime, short } from "../format.ts";
import { sentence } from "../sentence.ts";
import type { StepsOf, WebMethod } from "./method.ts";

/** A key that was born in an enclave signs. */
export const enclave: WebMethod<StepsOf<typeof method>> = {
  describe(step) {
    switch (step.step) {
      case "enclaveSigned":
        return sentence`An enclave signed the run, by the key ${{ strong: short(step.key) }}.`;
      case "receiptTaken":
        return sentence`A gateway's receipt of ${exactTime(step.timestamp)} was taken, signed by the key ${{ strong: short(step.key) }}.`;
      default:
        return undefined;
    }
  },
  rulesOf: () => ({
    earnings: [
      `Under ${method.name} a unit is verified by the signature of an enclave that registrars admitted, in the transaction that records it. Nobody runs it again.`,
    ],
    penalties: [],
  }),
  // Nothing is ever refuted.
  refutationOf: () => ({ by: sentence`nobody`, evidence: sentence`nothing`, also: [] }),
};
