import type { Address } from "viem";
import type {
  Cover,
  InferenceRequest,
  InferenceRequestStep,
  InferenceRequestSummary,
  PaymentReason,
  RequestState,
} from "../../sdk/wire.ts";
import { duration } from "../format.ts";
import { type Sentence, sentence, who } from "../sentence.ts";

/** Where a request stands, in words. */
export const stateWords: Readonly<Record<RequestState, string>> = {
  open: "Waits for a prover.",
  accepted: "A prover has accepted it, and alone may answer until its time is over.",
  answered: "Answered; nothing is paid before the method has found the answer right.",
  covered: "Answered, delivered and paid as covered: the method hasn't decided, and the prover's money is at stake.",
  verified: "Answered, and the method found the answer right.",
  fallen: "Its answer was delivered as covered, and was not found right afterwards.",
  cancelled: "Ended without an answer; the fee went back.",
};

/** Who answers a request that has no prover. */
export const nobodyIn = (state: RequestState): string => (state === "cancelled" ? "nobody" : "nobody yet");

/** Which finality is asked for, in words. */
export const finalityWords = ({ finality }: Pick<InferenceRequestSummary, "finality">): string =>
  finality === "covered"
    ? "covered: the answer may be acted on while its method hasn't decided, because the prover locks money for the beneficiary"
    : "verified: the answer is paid and delivered once its method found it right";

/** What the wanted cover says and doesn't say; undefined where none is asked for. `said` names an amount. */
export function coverSentence(
  request: Pick<InferenceRequest, "cover" | "beneficiary" | "prover" | "requester" | "coversItself">,
  said: (amount: string) => string,
): Sentence | undefined {
  const { cover, beneficiary, coversItself, prover } = request;
  if (beneficiary === null) return undefined;
  const promise = sentence`Unless the answer is found right, ${who(beneficiary)} gets at least ${{ strong: said(cover) }} of the prover's money.`;
  if (!coversItself || prover === null) return promise;
  const why = prover === beneficiary ? "The prover is the beneficiary itself" : "The prover is the one who asked";
  return sentence`${promise} ${{ strong: `${why}: a prover who covers itself covers nobody.` }}`;
}

/** What became of cover that was locked. `said` names an amount. */
export function lockedSentence(
  { prover, beneficiary, coversItself, amount, settled }: Cover,
  said: (amount: string) => string,
): Sentence {
  const locked = sentence`${who(prover)} locked ${{ strong: said(amount) }} for ${who(beneficiary)}.`;
  const itself = coversItself ? sentence` ${{ strong: "That is its own account: it covers nobody." }}` : sentence``;
  if (settled === null) return sentence`${locked} Nobody has it back before the attestation is final.${itself}`;
  return sentence`${locked} In the end ${who(settled.to)} got all of it.${itself}`;
}

/** What a payment is for, in words. */
export const paymentWords: Readonly<Record<PaymentReason, string>> = {
  fee: "the fee, for the answer",
  refund: "the fee back: nobody answered",
  depositReturned: "its deposit back, with the answer",
  depositForfeited: "the deposit of a prover that didn't answer in time",
  coverPaid: "the cover of an answer that wasn't found right",
  coverReturned: "its cover back: the answer is right",
};

/** A step of a request's life in words. `said` names an amount of what the request is paid in. */
export function requestStepSentence(step: InferenceRequestStep, said: (amount: string) => string): Sentence {
  switch (step.step) {
    case "requested":
      return sentence`${who(step.by)} asked, and paid the fee in.`;
    case "accepted":
      return sentence`${who(step.by)} accepted with a deposit: it alone may answer for ${duration(step.until - step.at.timestamp)}.`;
    case "lapsed":
      return sentence`${who(step.prover)} let its time pass: its deposit is the requester's, and it can't answer any more.`;
    case "answered":
      return sentence`${who(step.by)} answered with the attestation ${{ code: step.uid }}, and has its deposit back.`;
    case "delivered":
      return sentence`Delivered as ${step.finality}: ${who(step.prover)} is paid ${{ strong: said(step.fee) }}.`;
    case "settled":
      return sentence`The attestation ended ${{ status: step.status }}: ${settledWords[step.state]}`;
    case "calledBack":
      return sentence`The contract ${who(step.contract)} was called${step.succeeded ? "." : ", and failed. That changes nothing else."}`;
    case "cancelled":
      return sentence`Ended without an answer: the fee is the requester's again.`;
  }
}

const opened = "nothing is paid, and the request is open again.";
const settledWords: Readonly<Record<RequestState, string>> = {
  open: opened,
  accepted: opened,
  answered: opened,
  covered: opened,
  verified: "the answer is right.",
  fallen: "the answer that was delivered as covered has fallen, and the beneficiary gets the cover.",
  cancelled: opened,
};

/** Who a list can be filtered by. */
export const roles = ["requester", "prover", "beneficiary"] as const;

/** The list of an account's requests in a role. */
export const requestsOf = (role: (typeof roles)[number], account: Address): string => `/requests?${role}=${account}`;
