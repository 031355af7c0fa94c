import { INVALID, UNAVAILABLE } from "../../sdk/commitments.ts";
import type { Step } from "../../sdk/wire.ts";
import type { Judged, Proof } from "./proofs.ts";

const TRUST =
  "that the panel's majority was honest, that the prover told no member its answer, and that no block producer bent the draw";

/** What a drawn panel proves. */
export function quorumProof(statement: Judged): Proof {
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
