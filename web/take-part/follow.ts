import type { Attestation } from "../../sdk/wire.ts";
import { takePartOf } from "./methods/index.ts";

/** What a prover has to do for an attestation now: `reveal` its answer, `wait`, or nothing. */
export type Duty = "reveal" | "wait" | "done";

/**
 * What an attestation asks of its prover.
 *
 * @param now The chain's time, unix seconds.
 */
export function dutyOf({ status, steps, outputHash, method }: Attestation, now: number): Duty {
  if (status !== "pending") return "done";
  if (outputHash !== null) return "wait";
  const takePart = takePartOf(method.id);
  return takePart?.form === "hidden" && takePart.isRevealTime(steps, now) ? "reveal" : "wait";
}

/** An attestation's state, as a sentence for its prover. */
export function standOf(attestation: Attestation): string {
  const { status, steps, method } = attestation;
  const takePart = takePartOf(method.id);
  const because = (reason: string | undefined): string => (reason === undefined ? "" : `: ${reason}`);
  switch (status) {
    case "verified":
      return steps.some(({ step }) => step === "awarded")
        ? "Verified, and its points are awarded."
        : `Verified${because(takePart?.settled.verified)}. Points follow.`;
    case "refuted":
      return `Refuted${because(takePart?.settled.refuted)}.`;
    case "void":
      return `Void${because(takePart?.settled.void)}. The unit may be tried again.`;
    case "revoked":
      return "Revoked.";
    case "pending":
      return takePart?.standOf(attestation) ?? `Recorded. ${method.name} has not settled it yet.`;
  }
}
