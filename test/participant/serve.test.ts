import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingHttpHeaders, request } from "node:http";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { openContent } from "../../participant/content.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { openLanes } from "../../participant/models.ts";
import { type ContentServer, serveContent } from "../../participant/serve.ts";
import { contractOf } from "../../sdk/client.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { Status } from "../../sdk/protocol.ts";
import { startSite } from "./chain.ts";
import { attestByHand, imageOf } from "./methods/quorum/attestByHand.ts";
import { startVerifiers } from "./methods/quorum/verifiers.ts";
import { refusal } from "./refusal.ts";

const HERE = { host: "127.0.0.1", port: 0 };
const bytes = new TextEncoder().encode("an input");

describe("serve", () => {
  let directory: string;
  let server: ContentServer;
  let cid: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "proofboard-"));
    cid = await openContent(join(directory, "content")).put(bytes, "keccak-256");
    await writeFile(join(directory, "secret"), "0xsecret");
    await writeFile(join(directory, "content", "secret"), "0xsecret");
    server = await serveContent(join(directory, "content"), HERE);
  });
  after(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  interface Answered {
    status: number | undefined;
    headers: IncomingHttpHeaders;
    text: string;
  }

  /** Asks for a path as it stands: `fetch` would resolve its dots. */
  const ask = (path: string, method = "GET"): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      const asking = request({ hostname, port, path, method, agent: false }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text }));
      });
      asking.on("error", reject).end();
    });

  it("refuses to listen where another process does", async () => {
    const port = Number(new URL(server.url).port);
    expect(await refusal(serveContent(directory, { ...HERE, port }))).to.equal(
      `Content can't be served at 127.0.0.1, port ${port}: another process listens there.`,
    );
    expect(await refusal(serveContent(directory, { host: "192.0.2.1", port: 0 }))).to.contain("EADDRNOTAVAIL");
  });

  it("refuses every method but GET and HEAD", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      const { status, headers, text } = await ask(`/ipfs/${cid}`, method);
      expect([status, headers.allow, text]).to.deep.equal([
        ...[405, "GET, HEAD", `Only GET and HEAD are answered, not ${method}.\n`],
      ]);
    }
  });

  it("refuses what is no CID, also a path that leads out of the directory or to a file that is no content", async () => {
    for (const wrong of ["secret", "bafy", `${cid}x`, "..%2Fsecret", "%2e%2e%2fsecret", "..", cid.toUpperCase()]) {
      const { status, text } = await ask(`/ipfs/${wrong}`);
      expect([wrong, status]).to.deep.equal([wrong, 400]);
      expect(text).to.contain("is not a base32 CIDv1").and.not.to.contain("0xsecret");
    }
  });

  it("finds nothing at any other path", async () => {
    for (const path of [
      "/",
      "/ipfs",
      "/ipfs/",
      "/ipfs/../secret",
      "/ipfs//secret",
      `/ipfs/${cid}/x`,
      `/ipfs/${cid}?x`,
    ]) {
      const { status, text } = await ask(path);
      expect([path, status, text]).to.deep.equal([path, 404, "There is only content here, at /ipfs/<cid>.\n"]);
    }
  });

  it("says that it doesn't have a content", async () => {
    const missing = await openContent(join(directory, "other")).put(bytes, "sha2-256");
    const { status, text } = await ask(`/ipfs/${missing}`);
    expect([status, text]).to.deep.equal([404, `There is no content ${missing} here.\n`]);
  });

  it("takes no more than 64 connections at once, and ends with those that are open", async () => {
    const own = await serveContent(join(directory, "content"), HERE);
    const port = Number(new URL(own.url).port);
    const sockets: Socket[] = [];
    for (let i = 0; i < 64; i++) {
      const socket = createConnection(port, "127.0.0.1").on("error", () => undefined);
      await new Promise((connected) => socket.once("connect", connected));
      sockets.push(socket);
    }
    const late = createConnection(port, "127.0.0.1").on("error", () => undefined);
    const ends = [late, ...sockets].map((socket) => new Promise((closed) => socket.once("close", closed)));
    for (const socket of [late, ...sockets]) socket.resume();
    await ends[0];
    expect(sockets.filter(({ closed }) => closed)).to.deep.equal([]);
    await own.close();
    await Promise.all(ends);
  });

  it("gives content by its CID, which a cache may keep for ever", async () => {
    const { status, headers, text } = await ask(`/ipfs/${cid}`);
    expect([status, text]).to.deep.equal([200, "an input"]);
    expect(headers).to.include({
      ...{ "content-type": "application/octet-stream", "content-length": String(bytes.length) },
      "cache-control": "public, max-age=31536000, immutable",
    });
    const head = await ask(`/ipfs/${cid}`, "HEAD");
    expect([head.status, head.text, head.headers["content-length"]]).to.deep.equal([200, "", String(bytes.length)]);
  });

  it("lets a verifier fetch an input from another verifier's server", async () => {
    const site = await startSite(5);
    const theirs = await serveContent(join(site.directory, "content"), HERE);
    try {
      runJobs(site.follower, [createKeeper(site.client, site.senderOf(0))], site).catch(() => undefined);
      const image = await imageOf(site, 3);
      const name = await site.content.put(image.bytes, "keccak-256");
      const own = join(site.directory, "own");
      const content = openContent(own, ["http://127.0.0.1:1", theirs.url]);
      const { models, strangers, close } = await openLanes(site.client, content);
      await startVerifiers(site, { content, models, strangers });
      const settled = await attestByHand(site, site.senderOf(1), image);
      close();
      expect(settled.status).to.equal(Status.verified);
      expect([...(await openContent(own).get(name))]).to.deep.equal([...image.bytes]);
      const args = [settled.id] as const;
      const verifiers = { ...contractOf(site.client, quorum), functionName: "verifiersOf", args } as const;
      expect(await site.client.rpc.readContract(verifiers)).to.have.lengthOf(1);
    } finally {
      await theirs.close();
      await site.close();
    }
  });
});
