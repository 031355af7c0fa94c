import { formatEther, type Hex } from "viem";
import { quorum as method } from "../../sdk/methods/quorum.ts";
import { INVALID, UNAVAILABLE } from "../../sdk/votes.ts";
import type { Step } from "../../sdk/wire.ts";
import { plural } from "../format.ts";
import { type Sentence, sentence, who } from "../sentence.ts";
import { fraudProof } from "./fraudProof.ts";
import { type Refutation, type StepsOf, stepsNamed, verifiersShare, type WebMethod } from "./method.ts";

/** A drawn panel re-runs the model. */
export const quorum: WebMethod<StepsOf<typeof method>> = {
  describe(step, answer) {
    switch (step.step) {
      case "drawScheduled":
        return sentence`The ${panelOf(step.round)} is to be drawn from block ${step.drawBlock} on.`;
      case "panelDrawn":
        return sentence`The ${panelOf(step.round)} of ${step.members.length} was drawn: ${{ accounts: step.members }}`;
      case "panelRefilled":
        return sentence`Missed seats were filled again from the same draw: ${{ accounts: step.members }}`;
      case "voteCommitted":
        return sentence`${who(step.by)} ran the model and committed to a vote.`;
      case "revealOpened":
        return sentence`All members of the ${panelOf(step.round)} had committed: revealing began.`;
      case "voteRevealed":
        return sentence`${who(step.by)} revealed a vote: ${voteOf(step.outputHash, answer)}.`;
      case "revealEnded":
        return step.round === 1
          ? sentence`Prover and members had revealed: the time to appeal began.`
          : sentence`Prover and members had revealed.`;
      case "appealOpened":
        return sentence`${who(step.by)} appealed the decision: the deciding panel was called.`;
      case "runShown":
        return sentence`The prover showed its run: from then on, only a wrong row of it counted.`;
      case "roundUndecided":
        return sentence`The ${panelOf(step.round)} reached no decision, with ${plural(step.votes, "vote")} for the strongest answer.`;
      case "penalised":
        return sentence`${who(step.account)} lost ${etherOf(step.amount)} of the bond.`;
      default:
        // A wrong row of a shown run is an event of FraudProof.
        return fraudProof.describe(step as never, answer);
    }
  },
  rulesOf: ({ verifierCap }) => ({
    earnings: [`Under ${method.name}, the panel members in the majority ${verifiersShare(verifierCap)}`],
    penalties: [],
  }),
  refutationOf(attestation) {
    const { steps, outputHash } = attestation;
    const isByRow = stepsNamed(steps, "rowRefuted").length > 0;
    const decision = isByRow ? fraudProof.refutationOf(attestation) : decisionOf(steps, outputHash);
    return { ...decision, also: penaltyOf(steps) };
  },
};

/** What the last panel decided. */
function decisionOf(steps: readonly Step[], outputHash: Hex | null): Omit<Refutation, "also"> {
  const drawn = stepsNamed(steps, "panelDrawn").at(-1);
  const votes = stepsNamed(steps, "voteRevealed").filter(({ round }) => round === drawn?.round);
  const against = votes.filter((vote) => vote.outputHash !== outputHash);
  const accounts = against.map(({ by }) => by);
  const isRevealed = stepsNamed(steps, "revealed").length > 0;
  return {
    by: accounts.length === 0 ? sentence`nobody: the prover did not reveal in time` : [{ accounts }],
    evidence: isRevealed
      ? sentence`${plural(against.length, "vote")} of a drawn panel of ${drawn?.members.length ?? 0} for another output than the prover's, ${votes.length - against.length} for it`
      : sentence`the prover committed to an answer and never opened it`,
  };
}

/** What panel members lost because they were wrong or away. */
function penaltyOf(steps: readonly Step[]): Refutation["also"] {
  const penalised = stepsNamed(steps, "penalised");
  if (penalised.length === 0) return [];
  const lost = penalised.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const members = plural(penalised.length, "member");
  return [
    {
      title: "Panel",
      text: sentence`${members} who voted otherwise, or not at all, lost ${{ strong: etherOf(lost) }} of bond`,
    },
  ];
}

const panelOf = (round: number): string =>
  round === 1 ? "first panel" : round === 2 ? "deciding panel" : `panel ${round}`;

function voteOf(vote: Hex, answer: Hex | null): Sentence {
  if (vote === INVALID) return sentence`there is no valid run`;
  if (vote === UNAVAILABLE) return sentence`the model or its input is unavailable`;
  const output = { code: vote };
  if (answer === null) return sentence`output ${output}`;
  return vote === answer ? sentence`the prover's output, ${output}` : sentence`another output, ${output}`;
}

const etherOf = (wei: bigint | string): string => `${formatEther(BigInt(wei))} ETH`;
