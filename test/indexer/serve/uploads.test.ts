import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect } from "chai";
import { keccak256, sha256, stringToBytes } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import type { Indexer } from "../../../indexer/main.ts";
import { cidOfKeccak256, cidOfSha256, MAX_CONTENT_BYTES } from "../../../sdk/content.ts";
import { LONGEST_PUT, putTypedData } from "../../../sdk/contentPut.ts";
import { chainOf, type FakeNode, startNode } from "../node.ts";
import { choices, scratch, start, until, untilReady } from "../running.ts";
import { chaptersOf, deployment } from "../story.ts";

const organiser = privateKeyToAccount(`0x${"11".repeat(32)}`);
const stranger = privateKeyToAccount(`0x${"22".repeat(32)}`);
const QUOTA = 2 ** 20;

describe("putting content", () => {
  const files = scratch();
  const directory = files.path("content");
  let node: FakeNode;
  let indexer: Indexer;
  const launch = async () => {
    const patience = { silence: 60_000, grace: 1_000, slowest: 10_000 };
    const uploads = { quota: QUOTA, organisers: [organiser.address], patience };
    indexer = await start({ rpcs: [node.url], db: files.path("db"), content: directory, uploads });
    await untilReady(indexer, node.blocks.length - 1);
  };
  before(async () => {
    node = await startNode(chainOf(chaptersOf(choices(5, 3))));
    await launch();
  });
  after(async () => {
    await indexer.close();
    await node.close();
    files.remove();
  });

  const soon = () => Math.floor(Date.now() / 1000) + 60;
  const cidOf = (bytes: Uint8Array) => cidOfSha256(sha256(bytes));

  interface Attempt {
    account?: typeof organiser;
    cid?: string;
    deadline?: number;
    /** Size that is signed. */
    size?: number;
  }
  async function put(bytes: Uint8Array, { account = organiser, ...given }: Attempt = {}) {
    const { cid = cidOf(bytes), deadline = soon(), size = bytes.length } = given;
    const message = { cid, size: BigInt(size), deadline: BigInt(deadline) };
    const signature = await account.signTypedData(putTypedData(deployment, message));
    return send(`${cid}?deadline=${deadline}&signature=${signature}`, bytes);
  }
  async function send(path: string, bytes: Uint8Array, type = "application/octet-stream") {
    const response = await fetch(`${indexer.url}/v1/content/${path}`, {
      ...{ method: "PUT", headers: { "content-type": type }, body: bytes as Uint8Array<ArrayBuffer> },
    });
    const { detail = "" } = (await response.json()) as { detail?: string };
    return { status: response.status, detail };
  }
  const kept = () => readdirSync(directory).filter((name) => name !== ".puts");

  const bytes = stringToBytes("content");
  const refusals: [string, () => ReturnType<typeof put>, number, RegExp][] = [
    [
      "a stranger",
      () => put(bytes, { account: stranger }),
      403,
      /^0x\w+ has neither drafted a season nor published a model\.$/,
    ],
    ["another size than was signed", () => put(bytes, { size: 5 }), 403, /has neither drafted/],
    [
      "other bytes than were signed",
      () => put(bytes, { cid: cidOf(new Uint8Array([1])) }),
      422,
      /^The content has sha2-256 0x\w+, and not 0x\w+: it isn't kept\.$/,
    ],
    [
      "a signature whose time is over",
      () => put(bytes, { deadline: soon() - 100 }),
      401,
      /^The signature's time is over\.$/,
    ],
    [
      "a signature for ever",
      () => put(bytes, { deadline: soon() + LONGEST_PUT }),
      401,
      /^The signature's time is longer than 3600 seconds\.$/,
    ],
    ["no signature", () => send(cidOf(bytes), bytes), 400, /^The parameter (deadline|signature) is missing/],
    [
      "a signature that is none",
      () => send(`${cidOf(bytes)}?deadline=${soon()}&signature=0x${"00".repeat(65)}`, bytes),
      401,
      /^The signature is none\.$/,
    ],
    ["an address that is none", () => put(bytes, { cid: "..%2Fa" }), 400, /is not a base32 CIDv1/],
    [
      "another type",
      () => send(`${cidOf(bytes)}?deadline=1&signature=0x${"00".repeat(65)}`, bytes, "text/html"),
      415,
      /./,
    ],
    [
      "more than the account's quota",
      () => put(new Uint8Array(QUOTA + 1)),
      413,
      /^0x\w+ has put 0 bytes, and may put 1048576: 1048577 more are too many\.$/,
    ],
  ];
  for (const [what, attempt, status, sentence] of refusals)
    it(`refuses ${what}, and keeps nothing`, async () => {
      const answer = await attempt();
      expect([answer.status, answer.detail]).to.satisfy(
        ([found]: [number]) => found === status,
        JSON.stringify(answer),
      );
      expect(answer.detail).to.match(sentence);
      expect(kept()).to.deep.equal([]);
    });

  it("refuses too much, and content without a length, before it is read", async () => {
    const ask = (headers: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(Number(new URL(indexer.url).port), "127.0.0.1");
        const path = `/v1/content/${cidOf(bytes)}?deadline=1&signature=0x${"00".repeat(65)}`;
        socket.write(`PUT ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\n${headers}\r\n\r\n`);
        socket.once("data", (data) => {
          resolve(String(data).slice(9, 12));
          socket.destroy();
        });
      });
    expect(await ask(`content-length: ${MAX_CONTENT_BYTES + 1}`)).to.equal("413");
    expect(await ask("transfer-encoding: chunked")).to.equal("411");
  });

  it("keeps nothing of content that breaks off, and takes it later", async () => {
    const large = new Uint8Array(500_000).fill(3);
    const cid = cidOf(large);
    const deadline = soon();
    const message = { cid, size: BigInt(large.length), deadline: BigInt(deadline) };
    const signature = await organiser.signTypedData(putTypedData(deployment, message));
    const socket = connect(Number(new URL(indexer.url).port), "127.0.0.1").on("error", () => {});
    socket.write(
      `PUT /v1/content/${cid}?deadline=${deadline}&signature=${signature} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: ${large.length}\r\n\r\n`,
    );
    socket.write(large.subarray(0, 1000));
    await until("the content arrives", () => kept().length === 1);
    socket.destroy();
    await until("nothing is kept", () => kept().length === 0);
    expect((await put(large)).status).to.equal(201);
  });

  it("refuses what comes too slowly, and keeps nothing", async () => {
    const slow = new Uint8Array(400_000).fill(4);
    const cid = cidOf(slow);
    const deadline = soon();
    const message = { cid, size: BigInt(slow.length), deadline: BigInt(deadline) };
    const signature = await organiser.signTypedData(putTypedData(deployment, message));
    const socket = connect(Number(new URL(indexer.url).port), "127.0.0.1").on("error", () => {});
    const path = `/v1/content/${cid}?deadline=${deadline}&signature=${signature}`;
    socket.write(
      `PUT ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/octet-stream\r\ncontent-length: ${slow.length}\r\n\r\n`,
    );
    const dripping = setInterval(() => socket.write(slow.subarray(0, 10)), 100);
    const [answer] = (await once(socket, "data")) as [Buffer];
    clearInterval(dripping);
    socket.destroy();
    expect(String(answer).slice(9, 12)).to.equal("408");
    expect(String(answer)).to.include("The content comes with less than 10000 bytes a second: it isn't kept.");
    await until("nothing is kept of it", () => !kept().some((name) => name.startsWith(".")));
  });

  it("keeps what was signed, serves it, and takes it once", async () => {
    expect(await put(bytes)).to.deep.equal({ status: 201, detail: "" });
    expect(await put(bytes)).to.deep.equal({ status: 200, detail: "" });
    const tensor = cidOfKeccak256(keccak256(bytes));
    expect((await put(bytes, { cid: tensor })).status).to.equal(201);
    for (const cid of [cidOf(bytes), tensor])
      expect(await (await fetch(`${indexer.url}/ipfs/${cid}`)).text()).to.equal("content");
  });

  describe("a signature", () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const kept = cidOf(bytes);
    let deadline: number;
    let [r, s, parity] = ["", 0n, 0];
    const word = (value: bigint) => value.toString(16).padStart(64, "0");
    const answerTo = (signature: string) => send(`${kept}?deadline=${deadline}&signature=0x${signature}`, bytes);
    before(async () => {
      deadline = soon();
      const message = { cid: kept, size: BigInt(bytes.length), deadline: BigInt(deadline) };
      const signature = await organiser.signTypedData(putTypedData(deployment, message));
      [r, s, parity] = [
        signature.slice(2, 66),
        BigInt(`0x${signature.slice(66, 130)}`),
        Number(`0x${signature.slice(130)}`) - 27,
      ];
    });

    it("is taken with v 27 or 28, with v 0 or 1, and in 64 bytes, as contracts take it", async () => {
      const compact = word(s | (BigInt(parity) << 255n));
      for (const form of [`${word(s)}${(27 + parity).toString(16)}`, `${word(s)}0${parity}`, compact])
        expect(await answerTo(`${r}${form}`)).to.deep.equal({ status: 200, detail: "" });
    });

    it("is none with another v or the mirrored s, and is another account's with the other parity", async () => {
      for (const form of [`${word(s)}1d`, `${word(s)}02`, `${word(s)}25`, `${word(order - s)}0${1 - parity}`])
        expect(await answerTo(`${r}${form}`)).to.deep.equal({ status: 401, detail: "The signature is none." });
      for (const form of [`${word(s)}0${1 - parity}`, word(s | (BigInt(1 - parity) << 255n))])
        expect((await answerTo(`${r}${form}`)).status).to.equal(403);
    });
  });

  it("counts what an account put for ever", async () => {
    await indexer.close();
    await launch();
    const { status, detail } = await put(new Uint8Array(600_000));
    expect([status, detail]).to.deep.equal([
      413,
      `${organiser.address} has put 500014 bytes, and may put 1048576: 600000 more are too many.`,
    ]);
    expect(readFileSync(join(directory, ".puts"), "utf8").trim().split("\n")).to.have.length(3);
  });

  it("is described where content is taken", async () => {
    const document = await (await fetch(`${indexer.url}/openapi.json`)).json();
    expect(await new Validator().validate(document)).to.deep.include({ valid: true });
    expect(document.paths["/v1/content/{cid}"].put.responses).to.include.keys("200", "201", "403", "413", "422", "507");
  });

  it("takes no body on any other route", async () => {
    const answer = await fetch(`${indexer.url}/v1/seasons`, { method: "PUT", body: "a" });
    expect(answer.status).to.equal(413);
  });
});
