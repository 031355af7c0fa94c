import type { AttestationSummary, InferenceRequestSummary, Receipt } from "../sdk/wire.ts";

/** What the stream reported, or that anything may have changed. */
export type Change =
  | { kind: "points"; receipt: Pick<Receipt, "seasonId" | "account" | "subject"> }
  | { kind: "status"; attestation: Pick<AttestationSummary, "uid" | "prover"> }
  | { kind: "request"; request: Pick<InferenceRequestSummary, Parties | "requestId" | "uid"> }
  | { kind: "everything" };

type Parties = "requester" | "prover" | "beneficiary";

/** Whether a change may have changed the answer at a path of the API. */
export function touches(change: Change, path: string): boolean {
  const { pathname } = new URL(path, "http://page");
  if (pathname === "/v1/deployment") return false;
  // Costly to make: its page asks again now and then.
  if (/^\/v1\/seasons\/[^/]+\/network$/.test(pathname)) return false;
  if (change.kind === "everything") return true;
  const [, , list, name] = pathname.split("/");
  if (change.kind === "request") return touchesRequest(change.request, list, name);
  if (pathname === "/v1/seasons" || pathname === "/v1/activity") return true;
  if (pathname === "/v1/attestations") return change.kind === "status";
  if (change.kind === "status")
    return (
      (list === "attestations" && name === change.attestation.uid) ||
      (list === "accounts" && name === change.attestation.prover) ||
      // Its answer may be this attestation.
      (list === "requests" && name !== undefined) ||
      list === "seasons"
    );
  const { seasonId, account, subject } = change.receipt;
  return (
    (list === "seasons" && name === seasonId) ||
    (list === "accounts" && name === account) ||
    (list === "attestations" && name === subject)
  );
}

function touchesRequest(
  { requestId, uid, requester, prover, beneficiary }: Extract<Change, { kind: "request" }>["request"],
  list: string | undefined,
  name: string | undefined,
): boolean {
  if (list === "requests") return name === undefined || name === requestId;
  if (list === "attestations") return name !== undefined && name === uid;
  return list === "accounts" && [requester, prover, beneficiary].some((account) => account === name);
}
