import type { Step } from "../../sdk/wire.ts";
import type { Judged, Proof } from "./proofs.ts";

const WATCHED =
  "Not proven: that a challenger was watching. One honest one who re-runs every statement is trusted to have refuted a wrong row in time.";

/** What activations on chain, a bond and a window prove of an integer model. */
export function fraudProof(statement: Judged): Proof {
  const { status, prover } = statement;
  const subject = activationsOf(statement);
  if (status === "verified")
    return {
      proven: `${subject}, so anyone could recompute each of the integer model's rows exactly; nobody showed a wrong one within the window. ${inputOf(statement)}`,
      notProven: statement.unit && !isInputProven(statement) ? `${WATCHED} Nor is the input proven.` : WATCHED,
    };
  if (status === "refuted") return refutation(statement);
  return {
    proven: `${subject}, and ${prover} has staked a bond on them.`,
    notProven:
      "Not proven: whether the answer is right. Until the window ends, anyone can refute it by showing one wrong row.",
  };
}

const activationsOf = ({ root, count }: Judged): string =>
  root === null
    ? "All activations of the run are on chain, where the contract hashed them"
    : `All activations of the batch's ${count} units are on chain, where the contract itself built their tree`;

function inputOf(statement: Judged): string {
  if (statement.root !== null)
    return "Each unit's input is the one assigned to it by the season's seed, its account and its number: no prover names it, and the contract derives it from the base input wherever a first layer is disputed.";
  if (!statement.unit) return "The input is the one that the statement names.";
  return isInputProven(statement)
    ? "The campaign derived the unit's assigned input when it paid, and it is the one that the statement names."
    : "The input is the one that the statement names; the campaign compares it with the assigned one when it pays.";
}

const isInputProven = ({ root, steps }: Judged): boolean =>
  root !== null || steps.some((step) => step.step === "awarded" && step.reason.id === 1);

function refutation({ steps, root, count }: Judged): Proof {
  const dispute = steps.find((step) => step.step === "rowRefuted");
  const rest = "Not proven: anything about the other rows, nor whether the prover erred or lied.";
  if (!dispute) return { proven: "The contract refuted the statement.", notProven: rest };
  return {
    proven: `${dispute.by} showed that row ${dispute.row} of layer ${dispute.layer}${placeOf(dispute, root !== null)} is wrong, rows and layers counted from 0: the prover claimed ${dispute.claimed}, and the contract computed ${dispute.correct} from the registered model's row and ${belowOf(dispute, root !== null)}.`,
    notProven:
      count > 1
        ? `${rest} One wrong row refutes all ${count} units, and nothing is said of the ${count - 1} others.`
        : rest,
  };
}

function belowOf({ layer }: RowRefuted, inBatch: boolean): string {
  if (layer > 0) return "the activations that the prover claimed below it";
  return inBatch ? "the unit's assigned input, which it derived itself" : "the statement's input";
}

type RowRefuted = Extract<Step, { step: "rowRefuted" }>;

const placeOf = ({ unit, index }: RowRefuted, inBatch: boolean): string => {
  if (unit === null) return "";
  return inBatch ? ` of unit ${unit}, at position ${index} of the batch,` : ` of unit ${unit}`;
};
