import type { AttestationSummary, Receipt } from "../sdk/wire.ts";

/** What the stream reported, or that anything may have changed. */
export type Change =
  | { kind: "points"; receipt: Pick<Receipt, "seasonId" | "account" | "subject"> }
  | { kind: "status"; attestation: Pick<AttestationSummary, "uid" | "prover"> }
  | { kind: "everything" };

/** Whether a change may have changed the answer at a path of the API. */
export function touches(change: Change, path: string): boolean {
  const { pathname } = new URL(path, "http://page");
  if (pathname === "/v1/deployment") return false;
  if (change.kind === "everything") return true;
  if (pathname === "/v1/seasons" || pathname === "/v1/activity") return true;
  if (pathname === "/v1/attestations") return change.kind === "status";
  const [, , list, name] = pathname.split("/");
  if (change.kind === "status")
    return (
      (list === "attestations" && name === change.attestation.uid) ||
      (list === "accounts" && name === change.attestation.prover) ||
      list === "seasons"
    );
  const { seasonId, account, subject } = change.receipt;
  return (
    (list === "seasons" && name === seasonId) ||
    (list === "accounts" && name === account) ||
    (list === "attestations" && name === subject)
  );
}
