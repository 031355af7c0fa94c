import { INVALID, UNAVAILABLE } from "../../sdk/commitments.ts";
import type { Method, Reason, Statement, StatementStatus, Step } from "../../sdk/wire.ts";

const methods = ["none", "Quorum", "FraudProof", "ZkProof", "Enclave"];
const reasons: Record<number, string> = { 1: "prover", 2: "verifier", 5: "penalty" };
const statuses: readonly StatementStatus[] = ["pending", "pending", "verified", "refuted", "void", "revoked"];

export const methodOf = (id: number): Method => ({ id, name: methods[id] ?? `method ${id}` });
export const reasonOf = (id: number): Reason => ({ id, name: reasons[id] ?? `reason ${id}` });

/** The word for a status number of the registry. */
export const statusOf = (status: number): StatementStatus => statuses[status] ?? "void";

/** The registry's number for a word. */
export const statusNumber = (status: StatementStatus): number => statuses.lastIndexOf(status);

/** What a statement proves by now, and what it doesn't. */
export interface Proof {
  proven: string;
  notProven: string;
}

/** A statement without its proof in words. */
export type Judged = Omit<Statement, keyof Proof>;

/** Says honestly what is proven of a statement. */
export function proofOf(statement: Judged): Proof {
  if (statement.status === "revoked")
    return { proven: `${statement.prover} took this statement back.`, notProven: "Anything else." };
  if (statement.method.id === 1) return quorumProof(statement);
  if (statement.method.id === 0)
    return {
      proven: `${statement.prover} says that the model gave this output.`,
      notProven: "That the model was run at all: nobody verifies a statement of method 0.",
    };
  return {
    proven: `The contract of method ${statement.method.name} says that the statement is ${statement.status}.`,
    notProven: "What that method trusts.",
  };
}

const TRUST =
  "that the panel's majority was honest, that the prover told no member its answer, and that no block producer bent the draw";

function quorumProof(statement: Judged): Proof {
  const input = statement.unit ? "the assigned input" : "the input that the statement names";
  const { size, votes } = lastRound(statement.steps);
  const panel = `A drawn panel of ${size} re-ran the model on ${input}`;
  const equal = votes.filter((vote) => vote === statement.outputHash).length;
  switch (statement.status) {
    case "verified":
      return {
        proven: `${panel} and ${equal === size ? "all" : `${equal} of them`} got the same bytes as the prover.`,
        notProven: `Not proven: ${TRUST}.`,
      };
    case "refuted":
      return statement.outputHash === null
        ? {
            proven: "The prover committed to an answer and did not open it in time.",
            notProven: "Not proven: what the hidden answer was.",
          }
        : { proven: `${panel} and ${refutation(votes)}`, notProven: `Not proven: ${TRUST}.` };
    case "void":
      return {
        proven: votes.includes(UNAVAILABLE)
          ? "A drawn panel could not get the model's file or the input."
          : "Nothing: no panel could be drawn, or none agreed.",
        notProven: "Not proven: whether the answer is right or wrong.",
      };
    default:
      return {
        proven:
          statement.outputHash === null
            ? `${statement.prover} committed to an answer that is still hidden.`
            : `${statement.prover} committed to this answer before a panel showed its votes.`,
        notProven: "Not proven: whether the answer is right. A panel is at work on it.",
      };
  }
}

function refutation(votes: readonly string[]): string {
  const tally = Map.groupBy(votes, (vote) => vote);
  const [winner, supporters] = [...tally].sort((a, b) => b[1].length - a[1].length)[0] ?? ["", []];
  return winner === INVALID
    ? `${supporters.length} of them say that there is no valid run, or that the input is not the assigned one.`
    : `${supporters.length} of them got the same other bytes than the prover.`;
}

function lastRound(steps: readonly Step[]): { size: number; votes: string[] } {
  const panel = steps.filter((step) => step.step === "panelDrawn").at(-1);
  const votes = steps.filter((step) => step.step === "voteRevealed" && step.round === panel?.round);
  return {
    size: panel?.members.length ?? 0,
    votes: votes.map((step) => (step.step === "voteRevealed" ? step.outputHash : "")),
  };
}
