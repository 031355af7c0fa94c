import type { Check } from "../../inference/verify/checks.ts";

/** The result of a check: the model gives exactly this answer, it doesn't, or this browser couldn't find out. */
export interface Verdict {
  kind: "same" | "differs" | "unknown";
  /** The finding that decides it, a sentence; empty where all held. */
  why: string;
}

/** Judges the checks that were made of an attestation, a batch or a unit of it. */
export function verdictOf(checks: readonly Check[]): Verdict {
  const find = (result: Check["result"], ...about: Check["about"][]) =>
    checks.find((check) => check.result === result && about.includes(check.about))?.detail;
  const broken = find("failed", "record");
  if (broken !== undefined) return { kind: "unknown", why: broken };
  const differing = find("failed", "run", "answer");
  if (differing !== undefined) return { kind: "differs", why: differing };
  const open = find("unknown", "record", "run", "answer");
  if (open !== undefined) return { kind: "unknown", why: open };
  if (find("held", "answer") === undefined) return { kind: "unknown", why: "Nothing was compared." };
  return { kind: "same", why: "" };
}

/** The verdict in words, also for screen readers. */
export function verdictSentence({ kind, why }: Verdict): string {
  if (kind === "same") return "The model gives exactly this answer.";
  return kind === "differs" ? `It does not. ${why}` : `Can't be checked: ${why}`;
}
