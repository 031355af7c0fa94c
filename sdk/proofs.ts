/** What a statement's status proves and what it leaves to trust, each in words. */
export interface Proof {
  proven: string;
  notProven: string;
}

/** The verification methods' names, by number. */
export const methodNames: Readonly<Record<number, string>> = {
  0: "none",
  1: "Quorum",
  2: "FraudProof",
  3: "ZkProof",
  4: "Enclave",
};

const SIGNED = "The prover said so: its transaction recorded this statement.";
const PANEL_TRUST =
  "It rests on an honest majority of the panel. Block producers can bias the draw, and a prover may tell members its answer.";

const settled: Readonly<Record<number, Readonly<Record<number, Proof>>>> = {
  1: {
    2: {
      proven:
        "A drawn panel re-ran the model on this input, and enough of its members got the prover's output, byte for byte.",
      notProven: `That the members were honest and independent. ${PANEL_TRUST}`,
    },
    3: {
      proven: "The prover didn't reveal its answer, or enough members of a drawn panel got something else.",
      notProven: `That the panel was right. ${PANEL_TRUST}`,
    },
  },
  2: {
    2: {
      proven: "A bond stood behind the trace for the whole window, and nobody showed a wrong row.",
      notProven: "That anybody looked: it rests on one honest challenger in the window.",
    },
    3: {
      proven: "Somebody showed one wrong row, which the contract computed itself.",
      notProven: "Nothing is left open.",
    },
  },
  3: {
    2: {
      proven: "A Groth16 proof that the model gives this output on this input was checked on chain.",
      notProven: "That nobody kept the secrets of the ceremony behind the key; a TEST key can be forged.",
    },
  },
  4: {
    2: {
      proven: "A registered enclave's key signed this statement.",
      notProven: "That the hardware's vendor and the registrars who admitted the key can be trusted.",
    },
  },
};

/** What is proven of a statement under `method` that has `status`, and what is not. */
export function proofOf(method: number, status: number): Proof {
  const name = methodNames[method] ?? `method ${method}`;
  const found = settled[method]?.[status];
  if (found) return found;
  if (method === 0 && status === 1)
    return { proven: SIGNED, notProven: "That the answer is true: nobody settles a statement without a method." };
  if (status === 1) return { proven: SIGNED, notProven: `That the answer is true: ${name} has not settled it yet.` };
  if (status === 4)
    return { proven: SIGNED, notProven: `That the answer is true or false: ${name} couldn't decide, so it is void.` };
  if (status === 5)
    return { proven: SIGNED, notProven: "That the answer is true: the prover took the statement back." };
  return { proven: "Nothing.", notProven: `That the answer is true: ${name} says nothing of it.` };
}
