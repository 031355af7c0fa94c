import { methodNames, type Panel, type Proof, proofOf as proofInWords } from "../../sdk/proofs.ts";
import type { Traced } from "../../sdk/proofsFraud.ts";
import type { Method, Reason, Statement, StatementStatus, Step } from "../../sdk/wire.ts";

const reasons: Record<number, string> = { 1: "prover", 2: "verifier", 5: "penalty" };
const statuses: readonly StatementStatus[] = ["pending", "pending", "verified", "refuted", "void", "revoked"];

export const methodOf = (id: number): Method => ({ id, name: methodNames[id] ?? `method ${id}` });
export const reasonOf = (id: number): Reason => ({ id, name: reasons[id] ?? `reason ${id}` });

/** The word for a status number of the registry. */
export const statusOf = (status: number): StatementStatus => statuses[status] ?? "void";

/** The registry's number for a word. */
export const statusNumber = (status: StatementStatus): number => statuses.lastIndexOf(status);

/** A statement without its proof in words. */
type Judged = Omit<Statement, keyof Proof>;

/** Says honestly what is proven of a statement. */
export const proofOf = (statement: Judged): Proof =>
  proofInWords({
    ...{ method: statement.method.id, status: statusNumber(statement.status), isUnit: statement.unit !== null },
    ...{ outputHash: statement.outputHash, panel: lastPanel(statement.steps), traced: tracedOf(statement) },
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
