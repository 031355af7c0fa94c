import { expect } from "chai";
import type { Hex } from "viem";
import { cidOfSha256 } from "../../../sdk/content.ts";
import type { ReceiptsPage, StandingsPage } from "../../../sdk/wire.ts";
import { chainOf } from "../node.ts";
import { choices, until, untilReady } from "../running.ts";
import { onEachStore } from "../store/stores.ts";
import { chaptersOf } from "../story.ts";
import { NOBODY, openSite, type Site, STORY, UNKNOWN } from "./site.ts";

onEachStore("the API", (store) => {
  let site: Site;
  before(async () => {
    site = await openSite(store());
  });
  after(() => site.close());

  describe("refuses with a problem that names the parameter", () => {
    const wrong: Record<string, [path: string, parameter: string]> = {
      "a limit of zero": ["/v1/seasons/1/standings?limit=0", "limit"],
      "a limit above 100": ["/v1/seasons/1/standings?limit=101", "limit"],
      "a limit that is no number": ["/v1/seasons/1/standings?limit=ten", "limit"],
      "a limit given twice": ["/v1/seasons/1/standings?limit=1&limit=2", "limit"],
      "an unknown parameter": ["/v1/seasons/1/standings?size=5", "size"],
      "an unknown parameter where none is known": ["/v1/seasons?x=1", "x"],
      "a malformed cursor": ["/v1/seasons/1/standings?cursor=abc", "cursor"],
      "a malformed cursor of receipts": [`/v1/accounts/${NOBODY}/receipts?cursor=abc`, "cursor"],
      "a malformed cursor of attestations": ["/v1/attestations?cursor=abc", "cursor"],
      "a malformed cursor of models": ["/v1/models?cursor=abc", "cursor"],
      "too wide a neighbourhood": [`/v1/seasons/1/standings/${NOBODY}?around=51`, "around"],
      "a malformed season": ["/v1/seasons/one", "seasonId"],
      "a negative season": ["/v1/seasons/-1/standings", "seasonId"],
      "a season with leading zeros": ["/v1/audit/01", "seasonId"],
      "a malformed address": ["/v1/accounts/0x1234", "account"],
      "an address with a wrong checksum": [`/v1/accounts/${NOBODY.replace("dEaD", "DeaD")}`, "account"],
      "a malformed address in a season": ["/v1/seasons/1/standings/me", "account"],
      "a malformed address of a claim": ["/v1/seasons/1/claim/me", "account"],
      "a malformed prover": ["/v1/attestations?prover=0xzz", "prover"],
      "a malformed model": ["/v1/attestations?model=0x12", "model"],
      "an unknown status": ["/v1/attestations?status=none", "status"],
      "a malformed uid": ["/v1/attestations/0x12", "uid"],
      "a malformed model id": ["/v1/models/0x12", "modelId"],
      "a malformed season of receipts": [`/v1/accounts/${NOBODY}/receipts?season=x`, "season"],
      "a malformed cursor of requests": ["/v1/requests?cursor=abc", "cursor"],
      "another list's cursor of requests": [`/v1/requests?cursor=${btoa("models 5 1 0x0123456789abcdef")}`, "cursor"],
      "an unknown state of requests": ["/v1/requests?state=none", "state"],
      "a malformed requester": ["/v1/requests?requester=0xzz", "requester"],
      "a malformed beneficiary": ["/v1/requests?beneficiary=me", "beneficiary"],
      "a malformed request id": ["/v1/requests/0x12", "requestId"],
      "a search for nothing": ["/v1/seasons/1/search", "prefix"],
      "an empty name": ["/v1/seasons/1/search?name=", "name"],
      "a name that is too long": [`/v1/seasons/1/search?name=${"a".repeat(65)}`, "name"],
      "a malformed address of a name": ["/v1/profiles/me", "account"],
      "names of nobody": ["/v1/profiles", "account"],
      "too many names": [`/v1/profiles?${`account=${NOBODY}&`.repeat(101)}`, "account"],
      "a malformed CID": ["/ipfs/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPS9g", "cid"],
    };
    for (const [name, [path, parameter]] of Object.entries(wrong))
      it(name, async () => {
        const { status, headers, body } = await site.get(path);
        expect(status).to.equal(400);
        expect(headers.get("content-type")).to.match(/^application\/problem\+json/);
        expect(body).to.include({ type: "about:blank", title: "Bad Request", status: 400, parameter });
        expect(body.detail).to.match(/^(The parameter|There is no parameter|".*" is not a base32 CID)/);
      });
  });

  describe("says that it doesn't have", () => {
    const missing: Record<string, [path: string, detail: RegExp]> = {
      "a season": ["/v1/seasons/77", /^There is no season 77\.$/],
      "a season's standings": ["/v1/seasons/77/standings", /season 77/],
      "a season's table": ["/v1/seasons/77/standings.csv", /season 77/],
      "a season to audit": ["/v1/audit/77", /season 77/],
      "a season of receipts": [`/v1/accounts/${NOBODY}/receipts?season=77`, /season 77/],
      "an account without an entry": [`/v1/seasons/1/standings/${NOBODY}`, /dEaD has no points entry in season 1\.$/],
      "an account without a final standing": [
        `/v1/seasons/2/claim/${NOBODY}`,
        /dEaD has no points entry in season 2\.$/,
      ],
      "an attestation": [`/v1/attestations/${UNKNOWN}`, /^There is no attestation 0x(ab){32}\.$/],
      "a model": [`/v1/models/${UNKNOWN}`, /^There is no model 0x(ab){32}\.$/],
      "a request": [`/v1/requests/${UNKNOWN}`, /^There is no request 0x(ab){32}\.$/],
      "a content": [`/ipfs/${cidOfSha256(UNKNOWN as Hex)}`, /^There is no content b/],
      "a route": ["/v2/seasons", /^There is no GET \/v2\/seasons here\.$/],
    };
    for (const [name, [path, detail]] of Object.entries(missing))
      it(name, async () => {
        const { status, headers, body } = await site.get(path);
        expect(status).to.equal(404);
        expect(headers.get("content-type")).to.match(/^application\/problem\+json/);
        expect(body.detail).to.match(detail);
      });
  });

  it("refuses a path that is no URL, and quotes it", async () => {
    const { status, headers, body } = await site.get("/v1/%zz");
    expect([status, headers.get("content-type")]).to.deep.equal([400, "application/problem+json"]);
    expect(body).to.include({ type: "about:blank", title: "Bad Request", status: 400 });
    expect(body.detail).to.contain("/v1/%zz");
  });

  it("names the statuses there are", async () => {
    const { body } = await site.get("/v1/attestations?status=9");
    expect(body.detail).to.equal(
      'The parameter status is "9": a status is pending, verified, refuted, void or revoked.',
    );
  });

  it("names the states there are", async () => {
    const { body } = await site.get("/v1/requests?state=9");
    expect(body.detail).to.equal(
      'The parameter state is "9": a state is open, accepted, answered, covered, verified, fallen or cancelled.',
    );
  });

  it("refuses cursors that a reorganisation undid", async () => {
    const { items } = (await site.get("/v1/seasons/1/standings")).body as StandingsPage;
    const receipts = items.map(({ account }) => `/v1/accounts/${account}/receipts`);
    const pages = await Promise.all(receipts.map(async (path) => (await site.get(path)).body as ReceiptsPage));
    const long = receipts[pages.findIndex(({ next }) => next !== null)] as string;
    const lists = ["/v1/seasons/1/standings?limit=1", long, "/v1/attestations", "/v1/requests"];
    const cursors = await Promise.all(lists.map(async (path) => (await site.get(path)).body.next as string | null));
    const forkAt = 12;
    const suffix = choices(STORY.length, 99).slice(forkAt - 3);
    site.node.blocks = chainOf(chaptersOf([...STORY.slice(0, forkAt - 3), ...suffix]), "fork", forkAt);
    const hash = site.node.blocks.at(-1)?.hash;
    await until("the fork is indexed", async () => (await site.get("/v1/seasons")).body.asOf.blockHash === hash);
    await untilReady(site.indexer, site.node.blocks.length - 1);
    for (const [i, path] of lists.entries()) {
      expect(cursors[i], path).to.be.a("string");
      const { status, body } = await site.get(`${path}${path.includes("?") ? "&" : "?"}cursor=${cursors[i]}`);
      expect([status, body.parameter], path).to.deep.equal([410, "cursor"]);
    }
  });
});
