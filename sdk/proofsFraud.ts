import type { Proof } from "./proofs.ts";
import type { Dispute } from "./wire.ts";

/** What stands on chain of an attestation under FraudProof. */
export interface Traced {
  /** Number of units; 1 for a single attestation. */
  count: number;
  isBatch: boolean;
  /** Whether it is about units, whose inputs are assigned. */
  isUnit: boolean;
  /** Whether a single attestation's input is known to be the assigned one: the campaign derived it when it paid. */
  isInputPaid: boolean;
  /** The row that refuted it, and who showed it. */
  dispute: (Dispute & { by: string }) | null;
}

const WATCHED =
  "That a challenger was watching: one honest challenger who re-runs every attestation is trusted to have refuted a wrong row in time.";

/** What activations on chain, a bond and a window prove of an integer model; undefined of a status they don't explain. */
export function fraudProof(status: number, traced: Traced | null): Proof | undefined {
  if (traced === null) return undefined;
  if (status === 3) return refutation(traced);
  const subject = activationsOf(traced);
  if (status === 1)
    return {
      proven: `${subject}, and the prover has staked a bond on them.`,
      notProven: "That the answer is true: until the window ends, anyone can refute it by showing one wrong row.",
    };
  if (status !== 2) return undefined;
  const { isBatch, isUnit, isInputPaid } = traced;
  return {
    proven: `${subject}, so anyone could recompute each of the integer model's rows exactly; nobody showed a wrong one within the window. ${inputOf(traced)}`,
    notProven: isUnit && !isBatch && !isInputPaid ? `${WATCHED} Nor is the input proven.` : WATCHED,
  };
}

const activationsOf = ({ isBatch, count }: Traced): string =>
  isBatch
    ? `All activations of the batch's ${count} units are on chain, where the contract itself built their tree`
    : "All activations of the run are on chain, where the contract hashed them";

function inputOf({ isBatch, isUnit, isInputPaid }: Traced): string {
  if (isBatch)
    return "Each unit's input is the one assigned to it by the season's seed, its account and its number: no prover names it, and the contract derives it from the base input wherever a first layer is disputed.";
  if (!isUnit) return "The input is the one that the attestation names.";
  return isInputPaid
    ? "The campaign derived the unit's assigned input when it paid, and it is the one that the attestation names."
    : "The input is the one that the attestation names; the campaign compares it with the assigned one when it pays.";
}

function refutation({ dispute, isBatch, count }: Traced): Proof {
  const rest = "Anything about the other rows, nor whether the prover erred or lied.";
  if (!dispute) return { proven: "The contract refuted the attestation by one wrong row.", notProven: rest };
  return {
    proven: `${dispute.by} showed that row ${dispute.row} of layer ${dispute.layer}${placeOf(dispute, isBatch)} is wrong, rows and layers counted from 0: the prover claimed ${dispute.claimed}, and the contract computed ${dispute.correct} from the registered model's row and ${belowOf(dispute, isBatch)}.`,
    notProven:
      count > 1
        ? `${rest} One wrong row refutes all ${count} units, and nothing is said of the ${count - 1} others.`
        : rest,
  };
}

function placeOf({ unit, index }: Dispute, isBatch: boolean): string {
  if (unit === null) return "";
  return isBatch ? ` of unit ${unit}, at position ${index} of the batch,` : ` of unit ${unit}`;
}

function belowOf({ layer }: Dispute, isBatch: boolean): string {
  if (layer > 0) return "the activations that the prover claimed below it";
  return isBatch ? "the unit's assigned input, which it derived itself" : "the attestation's input";
}
