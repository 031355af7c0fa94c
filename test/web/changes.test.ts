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
    ]);
  });

  it("asks again for a request's lists, page, answer and accounts when it changed, and for no other's", () => {
    const request = { requestId: "0x12", uid: UID, requester: A, prover: null, beneficiary: null } as const;
    expect(touched({ kind: "request", request })).to.deep.equal([
      `/v1/accounts/${A}/receipts?season=1`,
      `/v1/attestations/${UID}`,
      "/v1/requests?state=open",
      "/v1/requests/0x12",
    ]);
    const open = { ...request, requestId: UID, uid: null } as const;
    expect(touched({ kind: "request", request: open })).to.not.include(`/v1/attestations/${UID}`);
  });

  it("asks again for all but the deployment and what is costly when anything may have changed", () => {
    expect(touched({ kind: "everything" })).to.deep.equal(
      paths.filter((path) => path !== "/v1/deployment" && path !== "/v1/seasons/1/network"),
    );
  });
});
