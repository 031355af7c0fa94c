import type { Statement } from "../../sdk/wire.ts";
import { fraudProof } from "./proofs-fraud.ts";
import { quorumProof } from "./proofs-quorum.ts";

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
  if (statement.method.id === 2) return fraudProof(statement);
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
