import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { sha256, stringToBytes } from "viem";
import { measureAvailability } from "../../../indexer/serve/availability.ts";
import type { ModelReader } from "../../../indexer/store/sqlite/read-models.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { cidOfSha256 } from "../../../sdk/content.ts";
import { scratch, until } from "../running.ts";

const bytes = stringToBytes("model");
const artifactHash = sha256(bytes);
const cid = cidOfSha256(artifactHash);
const integer = sha256(stringToBytes("integer"));

describe("availability of models", () => {
  const files = scratch();
  const directory = files.path("content");
  let server: Server;
  let source: string;
  let answer: { status: number; body: Uint8Array };
  let asked: string[];
  let stop: AbortController;
  before(async () => {
    mkdirSync(directory);
    server = createServer(({ url = "" }, response) => {
      asked.push(url);
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    source = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.close();
    files.remove();
  });
  beforeEach(() => {
    stop = new AbortController();
    asked = [];
    answer = { status: 200, body: bytes };
    rmSync(join(directory, cid), { force: true });
  });
  afterEach(() => stop.abort());

  const rows = [
    { artifactHash, weightsRoot: sha256(bytes), parameterRows: "[]" },
    { artifactHash: integer, weightsRoot: sha256(bytes), parameterRows: null },
    { artifactHash: ZERO_HASH, weightsRoot: ZERO_HASH, parameterRows: null },
  ];
  const models = { list: () => rows as unknown as ReturnType<ModelReader["list"]> };
  const measure = (sources: readonly string[]) =>
    measureAvailability({ models, directory, sources, signal: stop.signal, every: 20 });
  const now = () => Math.floor(Date.now() / 1000);

  it("is nowhere before it was looked for, and never asks where there is nobody to ask", () => {
    const unmeasured = { source: "here", servedSince: null, checkedAt: null, failure: null };
    expect(measure([]).of(artifactHash)).to.deep.equal([unmeasured]);
    const nobody = measureAvailability({ models, directory: undefined, sources: [], signal: stop.signal });
    expect(nobody.of(artifactHash)).to.deep.equal([]);
  });

  const failures: [string, number, Uint8Array, string][] = [
    ["a server that hasn't got it", 404, bytes, "It answered 404."],
    [
      "a server that sends something else",
      200,
      stringToBytes("forged"),
      `It has the sha256 ${sha256(stringToBytes("forged"))}.`,
    ],
  ];
  for (const [what, status, body, reason] of failures)
    it(`tells of ${what}`, async () => {
      answer = { status, body };
      const availability = measure([source]);
      const found = await until("it is measured", () =>
        availability.of(artifactHash).find(({ failure }) => failure?.reason === reason),
      );
      expect(found).to.include({ source, servedSince: null });
      expect(found.failure?.at).to.be.closeTo(now(), 2);
    });

  it("tells of a server that can't be reached", async () => {
    const availability = measure(["http://127.0.0.1:1"]);
    const [, found] = await until("it is measured", () => {
      const all = availability.of(artifactHash);
      return all[1]?.failure ? all : undefined;
    });
    expect(found?.failure?.reason).to.equal("It can't be reached.");
  });

  it("says since when it is served, here and elsewhere, and keeps the last failure", async () => {
    const availability = measure([source]);
    await until("it failed here", () => availability.of(artifactHash)[0]?.failure?.reason === "It isn't there.");
    writeFileSync(join(directory, cid), bytes);
    const [here, there] = await until("it is served", () => {
      const all = availability.of(artifactHash);
      return all.every(({ servedSince }) => servedSince !== null) && all;
    });
    expect(here?.failure?.reason).to.equal("It isn't there.");
    expect(there).to.deep.include({ source, failure: null });
    answer = { status: 503, body: bytes };
    await until("it failed", () => availability.of(artifactHash)[1]?.servedSince === null);
    writeFileSync(join(directory, cid), "forged");
    await until("it is forged", () =>
      availability.of(artifactHash)[0]?.failure?.reason.startsWith("It has the sha256"),
    );
  });

  it("doesn't look for what is made from the chain, and ends", async () => {
    measure([source]);
    await until("it looked", () => asked.length > 1);
    expect(new Set(asked)).to.deep.equal(new Set([`/ipfs/${cid}`]));
    stop.abort();
    await new Promise((resolve) => setTimeout(resolve, 30));
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect(asked.length).to.equal(before);
  });
});
