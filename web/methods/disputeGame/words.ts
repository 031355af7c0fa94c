import { Stage } from "../../../sdk/dispute.ts";
import { DisputeOutcome, disputeGame as method } from "../../../sdk/methods/disputeGame.ts";
import { group, plural } from "../../format.ts";
import { type Sentence, sentence, who } from "../../sentence.ts";
import { type StepsOf, stepsNamed, type WebMethod } from "../method.ts";

type GameStep = StepsOf<typeof method>;
type Named<Name extends GameStep["step"]> = Extract<GameStep, { step: Name }>;

/** A root, a window, and a game that walks down to one number. */
export const disputeGame: WebMethod<GameStep> = {
  describe(step) {
    switch (step.step) {
      case "challenged":
        return sentence`${who(step.by)} challenged it: challenge ${step.challenge}.`;
      case "opened":
        return sentence`In challenge ${step.challenge} ${placeOf(step)} was opened: ${step.bytes > 0 ? plural(step.bytes, "byte") : plural(step.children, "node")}.`;
      case "picked":
        return sentence`In challenge ${step.challenge} the challenger went down to ${placeOf(step)}.`;
      case "demanded":
        return sentence`In challenge ${step.challenge} the challenger demanded row ${group(step.row)}, column ${group(step.column)}.`;
      case "elementShown":
        return sentence`In challenge ${step.challenge} one number was computed: ${elementOf(step)}. The prover attested ${claimed(step)}, the contract computed ${correct(step)}.`;
      case "challengeClosed":
        return closed(step);
      default:
        return undefined;
    }
  },
  rulesOf: () => ({
    earnings: [],
    penalties: [
      `Under ${method.name} one wrong number refutes a whole batch: the penalty is for all its units. Half of the bond goes to the account that walked down to it.`,
    ],
  }),
  refutationOf({ steps }) {
    const shown = stepsNamed(steps, "elementShown").find((step) => step.claimed !== step.correct);
    const won = stepsNamed(steps, "challengeClosed").find((step) => step.outcome === DisputeOutcome.won);
    return {
      by: won ? sentence`${who(won.by)}, who ran it again` : sentence`not reported by this server`,
      evidence: shown
        ? sentence`${elementOf(shown)}: attested ${claimed(shown)}, computed by the contract ${correct(shown)}`
        : sentence`what was asked for was not opened in time`,
      also: [],
    };
  },
};

const unitOf = (unit: string | null): string => (unit === null ? "" : ` of unit ${group(unit)}`);

/** "row 3 of operator 7 of unit 12", as far as it is known. */
function placeOf({ stage, unit, operator, level, index }: Named<"opened"> | Named<"picked">): Sentence {
  const node = level > 0 ? `, node ${group(index)} of level ${level}` : "";
  switch (stage) {
    case Stage.units:
      return sentence`the batch's units${node}`;
    case Stage.operators:
      return sentence`the operators${unitOf(unit)}${node}`;
    case Stage.rows:
      return sentence`the rows of operator ${operator}${unitOf(unit)}${node}`;
    default:
      return sentence`row ${index} of operator ${operator}${unitOf(unit)}`;
  }
}

const elementOf = ({ row, column, operator, unit }: Named<"elementShown">): Sentence =>
  sentence`row ${group(row)}, column ${group(column)} of operator ${operator}${unitOf(unit)}`;

const claimed = (step: Named<"elementShown">) => ({ strong: group(step.claimed) });
const correct = (step: Named<"elementShown">) => ({ strong: group(step.correct) });

function closed({ by, challenge, outcome }: Named<"challengeClosed">): Sentence {
  if (outcome === DisputeOutcome.won) return sentence`${who(by)} won challenge ${challenge}.`;
  if (outcome === DisputeOutcome.lost) return sentence`${who(by)} lost challenge ${challenge}, and its bond.`;
  return sentence`${who(by)} got the bond of challenge ${challenge} back: another was faster.`;
}
