import { Validator } from "@seriousme/openapi-schema-validator";
import Ajv from "ajv/dist/2020.js";
import { expect } from "chai";
import type { Hex } from "viem";
import { cidOfSha256 } from "../../../sdk/content.ts";
import { onEachStore } from "../store/stores.ts";
import { accountOf, MODEL } from "../story.ts";
import { NOBODY, openSite, type Site, UNKNOWN } from "./site.ts";
import { parse } from "./stream/reader.ts";

/** The part of an OpenAPI document that is looked at here. */
interface Document {
  openapi: string;
  paths: Record<string, { get: Operation; head?: unknown }>;
}
interface Operation {
  operationId: string;
  description?: string;
  parameters?: { name: string; description: string; schema: object }[];
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}

onEachStore("the OpenAPI document", (store) => {
  let site: Site;
  let document: Document;
  let validate: (pointer: readonly string[], value: unknown) => string;

  before(async () => {
    site = await openSite(store());
    document = (await site.get("/openapi.json")).body;
    const ajv = new Ajv.default({ strict: false, validateFormats: false });
    ajv.addSchema(document, "api");
    const checks = new Map<string, ReturnType<typeof ajv.compile>>();
    validate = (pointer, value) => {
      const path = pointer
        .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
        .join("/");
      const check = checks.get(path) ?? ajv.compile({ $ref: `api#/${path}` });
      checks.set(path, check);
      check(value);
      return ajv.errorsText(check.errors);
    };
  });
  after(() => site.close());

  /** Holds an answer against the document, and returns its status. */
  async function check(route: string, path: string): Promise<number> {
    const { status, headers, body, text } = await site.get(path);
    const { responses } = (document.paths[route] as { get: Operation }).get;
    const described = responses[status] === undefined ? "default" : String(status);
    const type = headers.get("content-type")?.split(";")[0] ?? "";
    expect(responses[described]?.content, `${path} answers ${status} ${type}`).to.have.property(type);
    const schema = ["paths", route, "get", "responses", described, "content", type, "schema"];
    expect(validate(schema, body ?? text), `${path} answers ${text.slice(0, 300)}`).to.equal("No errors");
    return status;
  }

  it("is valid", async () => {
    expect(document.openapi).to.equal("3.1.0");
    expect(await new Validator().validate({ ...document })).to.deep.include({ valid: true });
  });

  it("names every operation plainly, and no two the same", () => {
    const names = Object.values(document.paths)
      .flatMap((methods) => Object.values(methods as Record<string, Operation>))
      .map(({ operationId }) => operationId);
    // Generated clients call their functions so: a name that is taken stays.
    expect(names.sort()).to.deep.equal([
      ...["getAccount", "getActivity", "getAttestation", "getAudit", "getAvailability", "getClaim", "getContent"],
      ...[
        "getDeployment",
        "getHealth",
        "getModel",
        "getMoney",
        "getName",
        "getReadiness",
        "getRequest",
        "getSeason",
        "getSeasonNetwork",
      ],
      ...[
        "getStanding",
        "getStandingsTable",
        "listAttestations",
        "listCatchers",
        "listCatches",
        "listEnclaves",
        "listModelBoard",
        "listModelStandings",
        "listModelStandingsInSeason",
      ],
      ...["listModels", "listNames", "listNews", "listProfiles", "listPublisherBoard", "listReceipts"],
      ...[
        "listRequests",
        "listSeasons",
        "listSeats",
        "listStandings",
        "listTaskStandings",
        "searchStandings",
        "streamEvents",
      ],
    ]);
  });

  it("names the bound of every route's work", () => {
    for (const [route, { get }] of Object.entries(document.paths)) expect(get.description, route).to.be.a("string");
  });

  it("distinguishes numbers from text in parameters", () => {
    const { parameters } = (document.paths["/v1/seasons/{seasonId}/standings"] as { get: Operation }).get;
    const limit = parameters?.find(({ name }) => name === "limit");
    expect(limit?.schema).to.deep.include({ type: "integer", minimum: 1, maximum: 100 });
    expect(limit?.description).to.equal("Defaults to 100.");
  });

  it("describes every answer of every route", async () => {
    const { account } = (await site.get("/v1/seasons/1/standings")).body.items[0];
    const { account: named } = (await site.get("/v1/seasons/1/search?name=a")).body.items[0];
    const { account: ranked } = (await site.get("/v1/seasons/2/standings")).body.items[0];
    const { uid } = (await site.get("/v1/attestations")).body.items[0];
    const { requestId } = (await site.get("/v1/requests")).body.items[0];
    const { modelId } = (await site.get("/v1/models")).body.items[0];
    const examples: Record<string, Record<string, number>> = {
      "/v1/seasons": { "/v1/seasons": 200, "/v1/seasons?x=1": 400 },
      "/v1/seasons/{seasonId}": { "/v1/seasons/1": 200, "/v1/seasons/0": 400, "/v1/seasons/9": 404 },
      "/v1/seasons/{seasonId}/standings": {
        "/v1/seasons/1/standings": 200,
        "/v1/seasons/1/standings?limit=3": 200,
        "/v1/seasons/1/standings?place=2&limit=3": 200,
        "/v1/seasons/1/standings?limit=0": 400,
        "/v1/seasons/9/standings": 404,
      },
      "/v1/seasons/{seasonId}/standings/{account}": {
        [`/v1/seasons/1/standings/${account}?around=2`]: 200,
        "/v1/seasons/1/standings/0x": 400,
        [`/v1/seasons/1/standings/${NOBODY}`]: 404,
      },
      "/v1/seasons/{seasonId}/standings.csv": {
        "/v1/seasons/1/standings.csv": 200,
        "/v1/seasons/9/standings.csv": 404,
      },
      "/v1/seasons/{seasonId}/search": {
        "/v1/seasons/1/search?prefix=0x0": 200,
        "/v1/seasons/1/search?name=a": 200,
        "/v1/seasons/1/search?prefix=0": 400,
      },
      "/v1/enclaves": { "/v1/enclaves": 200, "/v1/enclaves?x=1": 400 },
      "/v1/profiles": { [`/v1/profiles?account=${named}&account=${NOBODY}`]: 200, "/v1/profiles": 400 },
      "/v1/profiles/{account}": {
        [`/v1/profiles/${named}`]: 200,
        [`/v1/profiles/${NOBODY}`]: 200,
        "/v1/profiles/0x": 400,
      },
      "/v1/seasons/{seasonId}/profiles": {
        [`/v1/seasons/1/profiles?account=${account}&account=${NOBODY}`]: 200,
        "/v1/seasons/1/profiles": 400,
      },
      "/v1/seasons/{seasonId}/network": { "/v1/seasons/1/network": 200, "/v1/seasons/9/network": 404 },
      "/v1/seasons/{seasonId}/catchers": { "/v1/seasons/1/catchers": 200, "/v1/seasons/9/catchers": 404 },
      "/v1/boards/models": { "/v1/boards/models": 200, "/v1/boards/models?by=x": 400 },
      "/v1/boards/publishers": { "/v1/boards/publishers?by=requests": 200, "/v1/boards/publishers?by=": 400 },
      "/v1/models/{modelId}/standings": {
        [`/v1/models/${modelId}/standings`]: 200,
        [`/v1/models/${UNKNOWN}/standings`]: 404,
      },
      "/v1/seasons/{seasonId}/tasks/{taskId}/standings": {
        "/v1/seasons/1/tasks/1/standings?limit=1": 200,
        "/v1/seasons/1/tasks/7/standings": 404,
        "/v1/seasons/1/tasks/x/standings": 400,
      },
      "/v1/seasons/{seasonId}/models/{modelId}/standings": {
        [`/v1/seasons/1/models/${MODEL}/standings`]: 200,
        [`/v1/seasons/1/models/${UNKNOWN}/standings`]: 404,
      },
      "/v1/news": { "/v1/news": 200, "/v1/news?cursor=x": 400 },
      "/v1/activity": { "/v1/activity": 200 },
      "/v1/stream": { "/v1/stream?lastEventId=x": 400, "/v1/stream?news=1": 400 },
      "/v1/seasons/{seasonId}/claim/{account}": {
        [`/v1/seasons/2/claim/${ranked}`]: 200,
        "/v1/seasons/2/claim/0x": 400,
        [`/v1/seasons/2/claim/${NOBODY}`]: 404,
        [`/v1/seasons/1/claim/${account}`]: 409,
      },
      "/v1/accounts/{account}": { [`/v1/accounts/${account}`]: 200, [`/v1/accounts/${NOBODY}`]: 200 },
      "/v1/accounts/{account}/money": { [`/v1/accounts/${account}/money`]: 200, "/v1/accounts/0x/money": 400 },
      "/v1/accounts/{account}/catches": { [`/v1/accounts/${account}/catches`]: 200, "/v1/accounts/0x/catches": 400 },
      "/v1/accounts/{account}/seats": {
        [`/v1/accounts/${accountOf(7)}/seats`]: 200,
        [`/v1/accounts/${NOBODY}/seats`]: 200,
        "/v1/accounts/0x/seats": 400,
      },
      "/v1/accounts/{account}/receipts": {
        [`/v1/accounts/${account}/receipts`]: 200,
        [`/v1/accounts/${NOBODY}/receipts`]: 200,
        [`/v1/accounts/${account}/receipts?season=9`]: 404,
      },
      "/v1/attestations": {
        "/v1/attestations": 200,
        "/v1/attestations?status=refuted": 200,
        "/v1/attestations?x": 400,
      },
      "/v1/attestations/{uid}": { [`/v1/attestations/${uid}`]: 200, [`/v1/attestations/${UNKNOWN}`]: 404 },
      "/v1/requests": { "/v1/requests": 200, "/v1/requests?state=open": 200, "/v1/requests?state=none": 400 },
      "/v1/requests/{requestId}": { [`/v1/requests/${requestId}`]: 200, [`/v1/requests/${UNKNOWN}`]: 404 },
      "/v1/models": { "/v1/models": 200, "/v1/models?cursor=x": 400 },
      "/v1/models/{modelId}": { [`/v1/models/${modelId}`]: 200, [`/v1/models/${UNKNOWN}`]: 404 },
      "/v1/models/{modelId}/availability": {
        [`/v1/models/${modelId}/availability`]: 200,
        [`/v1/models/${UNKNOWN}/availability`]: 404,
      },
      "/v1/audit/{seasonId}": { "/v1/audit/1": 200, "/v1/audit/9": 404 },
      "/v1/deployment": { "/v1/deployment": 200, "/v1/deployment?x=1": 400 },
      "/healthz": { "/healthz": 200 },
      "/readyz": { "/readyz": 200 },
      "/ipfs/{cid}": { "/ipfs/x": 400, [`/ipfs/${cidOfSha256(UNKNOWN as Hex)}`]: 404 },
    };
    expect(Object.keys(document.paths)).to.have.members(Object.keys(examples));
    for (const [route, paths] of Object.entries(examples))
      for (const [path, status] of Object.entries(paths)) expect(await check(route, path), path).to.equal(status);
  });

  it("describes what the stream sends", async () => {
    const response = await fetch(`${site.indexer.url}/v1/stream?lastEventId=0-0&news=true`);
    expect(document.paths["/v1/stream"]?.get.responses["200"]?.content).to.have.property("text/event-stream");
    const names = {
      ...{ points: "Receipt", status: "AttestationSummary", request: "InferenceRequestSummary" },
      ...{ reorg: "StreamReorg", head: "StreamHead", news: "News" },
    };
    const events = new Set<string>();
    let rest = "";
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const parsed = parse(rest + piece);
      rest = parsed.rest;
      for (const { event, data } of parsed.messages) {
        events.add(event);
        expect(validate(["components", "schemas", names[event]], data), event).to.equal("No errors");
      }
      if (events.has("head")) break;
    }
    expect([...events]).to.include.members(["points", "status", "request", "news", "head"]);
  });

  it("describes every request", async () => {
    const steps = new Set<string>();
    for (const { requestId } of (await site.get("/v1/requests")).body.items) {
      const path = `/v1/requests/${requestId}`;
      await check("/v1/requests/{requestId}", path);
      for (const { step } of (await site.get(path)).body.item.steps) steps.add(step);
    }
    const end = ["settled", "calledBack", "cancelled"];
    expect([...steps]).to.have.members(["requested", "accepted", "lapsed", "answered", "delivered", ...end]);
  });

  it("describes every attestation and batch", async () => {
    const steps = new Set<string>();
    const { items } = (await site.get("/v1/attestations")).body;
    const pages = ["verified", "refuted"].map(async (status) => site.get(`/v1/attestations?status=${status}`));
    const others = (await Promise.all(pages)).flatMap(({ body }) => body.items);
    for (const { uid } of [...items, ...others]) {
      const path = `/v1/attestations/${uid}`;
      await check("/v1/attestations/{uid}", path);
      for (const { step } of (await site.get(path)).body.item.steps) steps.add(step);
    }
    expect([...steps]).to.include.members([
      ...["batchAttested", "rowRefuted", "settled", "panelDrawn", "panelRefilled", "voteCommitted", "voteRevealed"],
      ...["revealEnded", "appealOpened", "runShown"],
    ]);
  });
});
