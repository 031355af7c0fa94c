import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { quorumDeployment } from "../../scripts/methods/quorum.ts";
import { MAX_CONTENT_BYTES } from "../../sdk/content.ts";
import { download, PATIENCE, type Patience, tooSlowAt } from "../../sdk/download.ts";

describe("downloads", () => {
  let server: Server;
  let url: string;
  let serve: (response: ServerResponse) => unknown;
  before(async () => {
    server = createServer((_request, response) => serve(response));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  const hasty: Patience = { silence: 300, grace: 600, slowest: 1_000 };
  async function fetched(at = url, init: RequestInit = {}): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of download(at, "The server", init, hasty)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  }
  const failure = (at?: string, init?: RequestInit): Promise<string> =>
    fetched(at, init).then(
      (text) => `no failure, but ${text}`,
      ({ message }: Error) => message,
    );
  /** Sends a piece each `pause` milliseconds. */
  async function drip(response: ServerResponse, pieces: string[], pause: number): Promise<void> {
    response.writeHead(200);
    for (const piece of pieces) {
      response.write(piece);
      await sleep(pause);
    }
  }

  it("ends with a sentence where a server can't be reached, or answers with an error", async () => {
    expect(await failure("http://127.0.0.1:1/")).to.equal("The server can't be reached.");
    serve = (response) => response.writeHead(503).end("a page of errors");
    expect(await failure()).to.equal("The server answered 503.");
  });

  it("ends after a silence, before the first byte and between two", async () => {
    serve = () => {};
    expect(await failure()).to.equal("The server sent nothing for 0.3 s.");
    serve = (response) => drip(response, ["some"], 0);
    expect(await failure()).to.equal("The server sent nothing for 0.3 s.");
  });

  it("ends where bytes come, but too few", async () => {
    serve = (response) => drip(response, Array(20).fill("x"), 100);
    expect(await failure()).to.equal("The server sends less than 1000 bytes a second.");
  });

  it("says that an answer broke off", async () => {
    serve = async (response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("some");
      await sleep(20);
      response.destroy();
    };
    expect(await failure()).to.equal("The server broke off.");
  });

  it("ends with the reason of the caller's signal", async () => {
    serve = () => {};
    expect(await failure(url, { signal: AbortSignal.timeout(50) })).to.match(/timeout/);
  });

  it("gives all of what comes slowly but steadily, however long it takes", async () => {
    serve = async (response) => {
      await drip(response, Array(12).fill("x".repeat(150)), 120);
      response.end();
    };
    expect(await fetched()).to.equal("x".repeat(1_800));
  });

  it("takes a reader's pause for no silence", async () => {
    serve = (response) => response.writeHead(200).end("all of it");
    let text = "";
    for await (const chunk of download(url, "The server", {}, hasty)) {
      await sleep(500);
      text += Buffer.from(chunk).toString();
    }
    expect(text).to.equal("all of it");
  });

  it("closes the connection where its reader has enough", async () => {
    let closed: Promise<void> | undefined;
    serve = (response) => {
      closed = new Promise((resolve) => response.on("close", resolve));
      return drip(response, Array(20).fill("x".repeat(1_000)), 50);
    };
    for await (const _ of download(url, "The server", {}, hasty)) break;
    await closed;
  });

  it("never takes a steady sender for too slow, and always one that stays below the rate", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_CONTENT_BYTES }),
        fc.integer({ min: 1, max: 10 ** 7 }),
        (size, rate) => {
          const takes = (1_000 * size) / rate;
          if (rate >= PATIENCE.slowest) expect(takes).to.be.below(tooSlowAt(size));
          else if (takes > PATIENCE.grace * (PATIENCE.slowest / (PATIENCE.slowest - rate)))
            expect(takes).to.be.above(tooSlowAt(size) - 1e-6);
        },
      ),
    );
    expect(tooSlowAt(3_900)).to.be.above(22_000);
  });

  it("leaves a member of a panel time to ask a second server for the largest content", () => {
    const givesUpAfter = (1_000 * quorumDeployment.production.commitWindow * 3) / 4;
    expect(2 * tooSlowAt(MAX_CONTENT_BYTES)).to.be.below(givesUpAfter);
  });
});
