import type { Hex } from "viem";
import { INVALID, UNAVAILABLE } from "./commitments.ts";
import { fraudProof, type Traced } from "./proofsFraud.ts";

/** What an attestation's status proves and what it leaves to trust, each in words. */
export interface Proof {
  proven: string;
  notProven: string;
}

/** The last panel that Quorum drew for an attestation. */
export interface Panel {
  size: number;
  /** What its members voted for, as far as they revealed it. */
  votes: readonly Hex[];
}

/** What is known of an attestation when its proof is put in words. */
export interface Judged {
  /** The verification method's number. */
  method: number;
  /** The registry's number. */
  status: number;
  /** Whether it is about a unit, whose input is assigned. */
  isUnit: boolean;
  /** The prover's, a tensor hash; null while the answer is hidden. */
  outputHash: Hex | null;
  /** Null where it isn't known, or none was drawn. */
  panel: Panel | null;
  /** What stands on chain of an attestation under FraudProof; null of others. */
  traced: Traced | null;
}

/** The verification methods' names, by number. */
export const methodNames: Readonly<Record<number, string>> = {
  0: "none",
  1: "Quorum",
  2: "FraudProof",
  3: "ZkProof",
  4: "Enclave",
};

const SIGNED = "The prover said so: its transaction recorded this attestation.";
const PANEL_TRUST =
  "It rests on an honest majority of the panel. Block producers can bias the draw, and a prover may tell members its answer.";

const settled: Readonly<Record<number, Readonly<Record<number, Proof>>>> = {
  3: {
    2: {
      proven: "A Groth16 proof that the model gives this output on this input was checked on chain.",
      notProven: "That nobody kept the secrets of the ceremony behind the key; a TEST key can be forged.",
    },
  },
  4: {
    2: {
      proven: "A registered enclave's key signed this attestation.",
      notProven: "That the hardware's vendor and the registrars who admitted the key can be trusted.",
    },
  },
};

/** What is proven of an attestation, and what is not. */
export function proofOf(judged: Judged): Proof {
  const { method, status } = judged;
  const name = methodNames[method] ?? `method ${method}`;
  const found =
    method === 1
      ? quorumProof(judged)
      : method === 2
        ? fraudProof(judged.status, judged.traced)
        : settled[method]?.[status];
  if (found) return found;
  if (method === 0 && status === 1)
    return { proven: SIGNED, notProven: "That the answer is true: nobody settles an attestation without a method." };
  if (status === 1) return { proven: SIGNED, notProven: `That the answer is true: ${name} has not settled it yet.` };
  if (status === 4)
    return { proven: SIGNED, notProven: `That the answer is true or false: ${name} couldn't decide, so it is void.` };
  if (status === 5)
    return { proven: SIGNED, notProven: "That the answer is true: the prover took the attestation back." };
  return { proven: "Nothing.", notProven: `That the answer is true: ${name} says nothing of it.` };
}

/** A verified or refuted attestation's; undefined of another. */
function quorumProof({ status, isUnit, outputHash, panel }: Judged): Proof | undefined {
  if (status === 3 && outputHash === null)
    return {
      proven: "The prover committed to an answer and didn't reveal it in time.",
      notProven: "That the hidden answer was wrong.",
    };
  if (status !== 2 && status !== 3) return undefined;
  const input = isUnit ? "the assigned input" : "the input that the attestation names";
  const drawn = `A drawn panel${panel ? ` of ${panel.size}` : ""} re-ran the model on ${input}, and`;
  if (status === 2)
    return {
      proven: `${drawn} ${countOf(panel, outputHash)} got the prover's output, byte for byte.`,
      notProven: `That the members were honest and independent. ${PANEL_TRUST}`,
    };
  const winner = mostOf((panel?.votes ?? []).filter((vote) => vote !== outputHash && vote !== UNAVAILABLE));
  return {
    proven: `${drawn} ${countOf(panel, winner)} ${refutation(winner, isUnit)}.`,
    notProven: `That the panel was right. ${PANEL_TRUST}`,
  };
}

function refutation(winner: Hex | undefined, isUnit: boolean): string {
  if (winner === undefined) return "got something else";
  if (winner !== INVALID) return "got one and the same other output";
  return isUnit ? "found no valid run, or another input than the assigned one" : "found no valid run";
}

function countOf(panel: Panel | null, value: Hex | null | undefined): string {
  if (panel === null) return "enough of its members";
  const count = panel.votes.filter((vote) => vote === value).length;
  return count === panel.size ? "all of them" : `${count} of them`;
}

function mostOf(votes: readonly Hex[]): Hex | undefined {
  const groups = [...Map.groupBy(votes, (vote) => vote)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
