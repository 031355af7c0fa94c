import type { AttestationSummary, InferenceRequestSummary, News, Receipt } from "../sdk/wire.ts";

/** What the stream reported, or that anything may have changed. */
export type Change =
  | { kind: "points"; receipt: Pick<Receipt, "seasonId" | "account" | "subject"> }
  | { kind: "status"; attestation: Pick<AttestationSummary, "uid" | "prover"> }
  | { kind: "request"; request: Pick<InferenceRequestSummary, Parties | "requestId" | "uid"> }
  | { kind: "news"; news: News }
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
  if (change.kind === "news") return touchesNews(change.news, path);
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

/** What news change beside points, attestations and requests. */
function touchesNews(news: News, path: string): boolean {
  const [, , list, name, part] = new URL(path, "http://page").pathname.split("/");
  switch (news.news) {
    case "named":
      return list === "profiles" && path.includes(news.account);
    case "seatsDrawn":
      return list === "accounts" && part === "seats";
    case "seasonOpened":
    case "seasonFrozen":
    case "seasonFinalised":
      return list === "seasons" && (name === undefined || name === news.seasonId);
    default:
      return false;
  }
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
