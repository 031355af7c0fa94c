import type { Check } from "../../inference/verify/checks.ts";

/** What a check comes to: the model gives exactly this answer, it doesn't, or it couldn't be found out here. */
export interface Verdict {
  kind: "same" | "differs" | "unknown";
  /** The finding that decides it, a sentence; empty where all held. */
  why: string;
}

// What must hold before a comparison says anything: what the chain recorded, and the model that it names.
const grounds: readonly Check["name"][] = ["uid", "tree", "proof", "trace", "model"];

// What compares the prover's answer with what was found here. Several may be made of one attestation.
const comparisons: readonly Check["name"][] = ["input", "run", "rows", "output"];

/** Judges the checks that were made of an attestation, a batch or a unit of it. */
export function verdictOf(checks: readonly Check[]): Verdict {
  const found = (names: readonly Check["name"][], result: Check["result"]) =>
    checks.find((check) => names.includes(check.name) && check.result === result)?.detail;
  const broken = found(grounds, "failed");
  if (broken !== undefined) return { kind: "unknown", why: broken };
  const differing = found(comparisons, "failed");
  if (differing !== undefined) return { kind: "differs", why: differing };
  const open = found([...grounds, ...comparisons], "unknown");
  if (open !== undefined) return { kind: "unknown", why: open };
  if (found(["rows", "output"], "held") === undefined) return { kind: "unknown", why: "Nothing was compared." };
  return { kind: "same", why: "" };
}

/** The verdict as it is read to the visitor. */
export function tell({ kind, why }: Verdict): string {
  if (kind === "same") return "The model gives exactly this answer.";
  return kind === "differs" ? `It does not. ${why}` : `Can't be checked: ${why}`;
}
