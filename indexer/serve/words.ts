import type { Method, Reason, StatementStatus } from "../../sdk/wire.ts";

const methods = ["none", "Quorum", "FraudProof", "ZkProof", "Enclave"];
const reasons: Record<number, string> = { 1: "prover", 2: "verifier", 5: "penalty" };
const statuses: readonly StatementStatus[] = ["pending", "pending", "verified", "refuted", "void", "revoked"];

export const methodOf = (id: number): Method => ({ id, name: methods[id] ?? `method ${id}` });
export const reasonOf = (id: number): Reason => ({ id, name: reasons[id] ?? `reason ${id}` });

/** The word for a status number of the registry. */
export const statusOf = (status: number): StatementStatus => statuses[status] ?? "void";

/** The registry's number for a word. */
export const statusNumber = (status: StatementStatus): number => statuses.lastIndexOf(status);
