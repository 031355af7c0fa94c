import type { Attestation } from "../../sdk/wire.ts";

/** What a prover has to do for an attestation now: `reveal` its answer, `wait`, or nothing any more. */
export type Duty = "reveal" | "wait" | "done";

/**
 * What a pending attestation under Quorum asks of its prover.
 *
 * @param now The chain's time, unix seconds.
 */
export function dutyOf({ status, steps, outputHash }: Attestation, now: number): Duty {
  if (status !== "pending") return "done";
  if (outputHash !== null) return "wait";
  const round = steps.findLastIndex(({ step }) => step === "drawScheduled");
  const current = steps.slice(Math.max(round, 0));
  const panel = current.find((step) => step.step === "panelDrawn");
  if (panel === undefined) return "wait";
  const opened = current.find((step) => step.step === "revealOpened");
  const from = opened ? 0 : panel.commitUntil;
  const until = opened?.revealUntil ?? panel.revealUntil;
  return now >= from && now < until ? "reveal" : "wait";
}

/** Where an attestation stands, as a sentence for its prover. */
export function standOf({ status, steps, outputHash }: Attestation): string {
  switch (status) {
    case "verified":
      return steps.some(({ step }) => step === "awarded")
        ? "Verified, and its points are awarded."
        : "Verified: the panel's runs gave the same bytes. Points follow.";
    case "refuted":
      return "Refuted: the panel's runs gave another answer.";
    case "void":
      return "Void: the panel came to no decision. The unit may be tried again.";
    case "revoked":
      return "Revoked.";
    case "pending":
      break;
  }
  const latest = steps.findLast(({ step }) => waits.has(step))?.step ?? "committed";
  if (outputHash !== null && latest === "revealOpened")
    return "Your answer is open; the panel's members open theirs, then it is settled.";
  return waits.get(latest) as string;
}

const waits = new Map<string, string>([
  ["committed", "Committed. A panel will be drawn."],
  ["drawScheduled", "A panel is about to be drawn."],
  ["panelDrawn", "A panel is drawn: its members run the model and commit to what it gave."],
  ["revealOpened", "All members have committed: answers are being opened."],
]);
