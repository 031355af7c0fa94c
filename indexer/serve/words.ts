import { methodNames, type Panel, type Proof, proofOf as proofInWords } from "../../sdk/proofs.ts";
import type { Traced } from "../../sdk/proofsFraud.ts";
import type { Attestation, AttestationStatus, Method, Reason, Step } from "../../sdk/wire.ts";

const reasons: Record<number, string> = { 1: "prover", 2: "verifier", 5: "penalty" };
const statuses: readonly AttestationStatus[] = ["pending", "pending", "verified", "refuted", "void", "revoked"];

export const methodOf = (id: number): Method => ({ id, name: methodNames[id] ?? `method ${id}` });
export const reasonOf = (id: number): Reason => ({ id, name: reasons[id] ?? `reason ${id}` });

/** The word for a status number of the registry. */
export const statusOf = (status: number): AttestationStatus => statuses[status] ?? "void";

/** The registry's number for a word. */
export const statusNumber = (status: AttestationStatus): number => statuses.lastIndexOf(status);

/** An attestation without its proof in words. */
type Judged = Omit<Attestation, keyof Proof>;

/** Says honestly what is proven of an attestation. */
export const proofOf = (attestation: Judged): Proof =>
  proofInWords({
    ...{ method: attestation.method.id, status: statusNumber(attestation.status), isUnit: attestation.unit !== null },
    ...{ outputHash: attestation.outputHash, panel: lastPanel(attestation.steps), traced: tracedOf(attestation) },
  });

function tracedOf({ root, count, unit, steps }: Judged): Traced {
  return {
    ...{ count, isBatch: root !== null, isUnit: unit !== null },
    isInputPaid: steps.some((step) => step.step === "awarded" && step.reason.id === 1),
    dispute: steps.find((step) => step.step === "rowRefuted") ?? null,
  };
}

function lastPanel(steps: readonly Step[]): Panel | null {
  const panel = steps.filter((step) => step.step === "panelDrawn").at(-1);
  if (!panel) return null;
  const votes = steps.flatMap((step) =>
    step.step === "voteRevealed" && step.round === panel.round ? [step.outputHash] : [],
  );
  return { size: panel.members.length, votes };
}
