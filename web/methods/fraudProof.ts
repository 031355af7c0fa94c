import { fraudProof as method } from "../../sdk/methods/fraudProof.ts";
import { group } from "../format.ts";
import { type Sentence, sentence, who } from "../sentence.ts";
import { type StepsOf, stepsNamed, type WebMethod } from "./method.ts";

type RowRefuted = StepsOf<typeof method>;

/** Activations on chain, a bond and a window: one wrong row refutes. */
export const fraudProof: WebMethod<RowRefuted> = {
  describe: (step) =>
    step.step === "rowRefuted"
      ? sentence`${who(step.by)} showed one wrong row: ${rowOf(step)}. The prover claimed ${claimed(step)}, the contract computed ${correct(step)}.`
      : undefined,
  rulesOf: () => ({
    earnings: [],
    penalties: [
      `Under ${method.name} one wrong row refutes a whole batch: the penalty is for all its units. Half of the bond goes to the account that showed the row, and the rest is burned.`,
    ],
  }),
  refutationOf({ steps }) {
    const [row] = stepsNamed(steps, "rowRefuted");
    if (row === undefined)
      return { by: sentence`not reported by this server`, evidence: sentence`one wrong row`, also: [] };
    return {
      by: sentence`${who(row.by)}, who re-ran it and showed the row`,
      evidence: sentence`${rowOf(row)}: claimed ${claimed(row)}, computed by the contract ${correct(row)}`,
      also: [],
    };
  },
};

const rowOf = ({ row, layer, unit }: RowRefuted): Sentence =>
  sentence`row ${row} of layer ${layer}${unit === null ? "" : ` of unit ${group(unit)}`}`;

const claimed = (row: RowRefuted) => ({ strong: group(row.claimed) });
const correct = (row: RowRefuted) => ({ strong: group(row.correct) });
