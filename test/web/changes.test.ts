import { expect } from "chai";
import { type Change, touches } from "../../web/changes.ts";

const A = `0x${"aA".repeat(20)}` as const;
const UID = `0x${"12".repeat(32)}` as const;

const paths = [
  "/v1/deployment",
  "/v1/seasons",
  "/v1/seasons/1/network",
  "/v1/seasons/1/standings?limit=50",
  "/v1/seasons/1/profiles?account=0x12",
  "/v1/seasons/2/standings?limit=50",
  `/v1/accounts/${A}/receipts?season=1`,
  "/v1/accounts/0x12",
  `/v1/attestations/${UID}`,
  "/v1/attestations/0x12",
  "/v1/attestations?status=refuted",
  "/v1/activity",
  "/v1/requests?state=open",
  `/v1/requests/${UID}`,
  "/v1/requests/0x12",
  `/v1/profiles?account=${A}`,
  "/v1/profiles?account=0x12",
  `/v1/accounts/${A}/seats`,
  "/v1/news",
];

const touched = (change: Change) => paths.filter((path) => touches(change, path));

describe("what a change touches", () => {
  it("leaves alone what no event changes, and other seasons, accounts and attestations", () => {
    expect(touched({ kind: "points", receipt: { seasonId: "1", account: A, subject: UID } })).to.deep.equal([
      "/v1/seasons",
      "/v1/seasons/1/standings?limit=50",
      "/v1/seasons/1/profiles?account=0x12",
      `/v1/accounts/${A}/receipts?season=1`,
      `/v1/attestations/${UID}`,
      "/v1/activity",
      `/v1/accounts/${A}/seats`,
    ]);
  });

  it("asks again for lists and counts of attestations when one changed", () => {
    expect(touched({ kind: "status", attestation: { uid: UID, prover: A } })).to.deep.equal([
      "/v1/seasons",
      "/v1/seasons/1/standings?limit=50",
      "/v1/seasons/1/profiles?account=0x12",
      "/v1/seasons/2/standings?limit=50",
      `/v1/accounts/${A}/receipts?season=1`,
      `/v1/attestations/${UID}`,
      "/v1/attestations?status=refuted",
      "/v1/activity",
      `/v1/requests/${UID}`,
      "/v1/requests/0x12",
      `/v1/accounts/${A}/seats`,
    ]);
  });

  it("asks again for a request's lists, page, answer and accounts when it changed, and for no other's", () => {
    const request = { requestId: "0x12", uid: UID, requester: A, prover: null, beneficiary: null } as const;
    expect(touched({ kind: "request", request })).to.deep.equal([
      `/v1/accounts/${A}/receipts?season=1`,
      `/v1/attestations/${UID}`,
      "/v1/requests?state=open",
      "/v1/requests/0x12",
      `/v1/accounts/${A}/seats`,
    ]);
    const open = { ...request, requestId: UID, uid: null } as const;
    expect(touched({ kind: "request", request: open })).to.not.include(`/v1/attestations/${UID}`);
  });

  it("asks again for what news change beside points, attestations and requests", () => {
    const at = { blockNumber: 1, logIndex: 0, timestamp: 1, transactionHash: UID };
    const who = { account: A, name: "ada", at };
    expect(touched({ kind: "news", news: { news: "named", ...who } })).to.deep.equal([`/v1/profiles?account=${A}`]);
    expect(
      touched({ kind: "news", news: { news: "seatsDrawn", ...who, uid: UID, seats: 5, seasonId: "1" } }),
    ).to.deep.equal([`/v1/accounts/${A}/seats`]);
    expect(touched({ kind: "news", news: { news: "seasonOpened", ...who, seasonId: "2" } })).to.deep.equal([
      "/v1/seasons",
      "/v1/seasons/2/standings?limit=50",
    ]);
    expect(touched({ kind: "news", news: { news: "asked", ...who, requestId: UID } })).to.deep.equal([]);
  });

  it("asks again for all but the deployment and what is costly when anything may have changed", () => {
    expect(touched({ kind: "everything" })).to.deep.equal(
      paths.filter((path) => path !== "/v1/deployment" && path !== "/v1/seasons/1/network"),
    );
  });
});
