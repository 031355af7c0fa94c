import type { RequestStep } from "../sdk/requests/fold.ts";
import { utc } from "./format.ts";

const reasons = {
  lapsed: "it let its time pass",
  refuted: "its answer was refuted",
  void: "its answer couldn't be decided",
} as const;

/** A step of a request in a sentence. */
export function describeStep(step: RequestStep): string {
  switch (step.step) {
    case "asked":
      return `${step.requester} asked.`;
    case "accepted":
      return `${step.prover} accepted, and has until ${utc(step.until)}.`;
    case "answered":
      return `${step.prover} answered by ${step.uid}.`;
    case "covered":
      return "The answer is covered: it is paid and can be acted on.";
    case "verified":
      return "The answer is verified.";
    case "fallen":
      return "The answer is wrong: its cover is the beneficiary's.";
    case "reopened":
      return `The request is open again without ${step.prover}: ${reasons[step.why]}.`;
    case "calledBack":
      return `The callback was called, and ${step.succeeded ? "returned" : "failed"}.`;
    case "cancelled":
      return "The request was cancelled; its fee is the requester's again.";
  }
}
