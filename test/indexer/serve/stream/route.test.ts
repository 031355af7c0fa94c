import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { expect } from "chai";
import type { Receipt } from "../../../../sdk/wire.ts";
import { choices, until } from "../../running.ts";
import { chainTold, openServed, type Served } from "../served.ts";
import { holding, type Message, parse } from "./reader.ts";

const STREAM = { clients: 3, clientsOfAddress: 3, clientsOfNetwork: 3, heartbeat: 60_000, patience: 60_000 };

describe("the stream", () => {
  const story = choices(640, 11);
  let served: Served;
  let open: { end: () => void }[];
  beforeEach(() => {
    open = [];
    served = openServed(chainTold(story.slice(0, 40)));
    served.condition.caughtUpAt = performance.now();
  });
  afterEach(async () => {
    for (const one of open) one.end();
    await served.close();
  });

  const listen = (stream: Partial<typeof STREAM> = {}) =>
    served.listen({ limits: { stream: { ...STREAM, ...stream } } });

  /** Follows a stream as a browser does. */
  async function follow(url: string, headers: Record<string, string> = {}) {
    const stop = new AbortController();
    const response = await fetch(`${url}/v1/stream`, { headers, signal: stop.signal });
    const reader = { response, told: [] as Message[], text: "", ended: false, end: () => stop.abort() };
    open.push(reader);
    void (async () => {
      let rest = "";
      for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        reader.text += piece;
        const parsed = parse(rest + piece);
        reader.told.push(...parsed.messages);
        rest = parsed.rest;
      }
      reader.ended = true;
    })().catch(() => {});
    return reader;
  }

  /** Asks for the stream from its first event on, and never reads the answer. */
  async function hang(url: string): Promise<Socket> {
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1");
    open.push({ end: () => socket.destroy() });
    socket.pause().on("error", () => {});
    await once(socket, "connect");
    socket.write("GET /v1/stream?lastEventId=0-0 HTTP/1.1\r\nhost: x\r\n\r\n");
    return socket;
  }

  const isAt = (reader: { told: Message[] }) => () => {
    const last = reader.told.findLast(({ event }) => event === "head");
    return last?.event === "head" && last.data.asOf.blockHash === served.blocks.at(-1)?.hash;
  };
  const streams = async (url: string): Promise<string | undefined> =>
    /proofboard_streams (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1];

  it("refuses a malformed id, in the address or in a header", async () => {
    const url = await listen();
    for (const response of [
      await fetch(`${url}/v1/stream?lastEventId=x`),
      await fetch(`${url}/v1/stream`, { headers: { "last-event-id": "x" } }),
    ]) {
      expect(response.status).to.equal(400);
      expect(await response.json()).to.include({ parameter: "lastEventId" });
    }
  });

  it("refuses more clients than it can serve, for now", async () => {
    const url = await listen();
    for (let n = 0; n < 3; n++) await follow(url);
    const { status, headers } = await fetch(`${url}/v1/stream`);
    expect([status, headers.get("retry-after")]).to.deep.equal([503, "5"]);
    open[0]?.end();
    await until("one left", async () => (await streams(url)) === "2");
    expect((await follow(url)).response.status).to.equal(200);
  });

  it("tells of what happens as it happens, uncompressed, and goes on behind the last id", async () => {
    const url = await listen();
    const first = await follow(url, { "accept-encoding": "br, gzip" });
    expect(first.response.headers.get("content-type")).to.equal("text/event-stream; charset=utf-8");
    expect(first.response.headers.get("content-encoding")).to.equal(null);
    await until("it is at the head", isAt(first));
    served.become(chainTold(story.slice(0, 50)));
    await until("it is told of the new blocks", isAt(first));
    first.end();
    served.become(chainTold([...story.slice(0, 45), ...story.slice(100, 110)]));
    const second = await follow(url, { "last-event-id": first.told.at(-1)?.id ?? "" });
    await until("it is told of the fork", isAt(second));
    expect(second.told[0]?.event).to.equal("reorg");
    const whole = await follow(url, { "last-event-id": "42-0" });
    await until("another is told of all", isAt(whole));
    const after = holding([...first.told, ...second.told]).filter(({ id }) => Number.parseInt(id, 10) > 42);
    expect(after).to.deep.equal(holding(whole.told).filter(({ id }) => Number.parseInt(id, 10) > 42));
    expect(after).to.not.deep.equal([]);
  });

  it("tells the rows that other routes answer", async () => {
    const url = await listen();
    const reader = await follow(url, { "last-event-id": "0-0" });
    await until("it is at the head", isAt(reader));
    const receipts = reader.told.flatMap(({ event, data }) => (event === "points" ? [data] : []));
    expect(receipts).to.not.deep.equal([]);
    for (const account of new Set(receipts.map((receipt) => receipt.account))) {
      const { items } = (await (await fetch(`${url}/v1/accounts/${account}/receipts`)).json()) as { items: Receipt[] };
      const told = receipts.filter((receipt) => receipt.account === account).reverse();
      for (const item of items) expect(told).to.deep.include(item);
    }
    const statuses = reader.told.flatMap(({ event, data }) => (event === "status" ? [data] : []));
    const { items } = (await (await fetch(`${url}/v1/attestations`)).json()) as { items: unknown[] };
    for (const item of items) expect(statuses).to.deep.include(item);
  });

  it("answers HEAD without opening a stream", async () => {
    const url = await listen();
    const { status, headers } = await fetch(`${url}/v1/stream`, { method: "HEAD" });
    expect([status, headers.get("content-type")]).to.deep.equal([200, "text/event-stream; charset=utf-8"]);
    expect(await streams(url)).to.equal("0");
  });

  it("shows that it lives while nothing happens", async () => {
    const url = await listen({ heartbeat: 10 });
    const reader = await follow(url);
    await until("it is told so", () => /\n\n:\n\n/.test(reader.text));
  });

  it("lets the write-ahead log be emptied while a client doesn't read, and cuts it off in the end", async () => {
    served.become(chainTold(story));
    const url = await listen({ heartbeat: 20, patience: 400 });
    await hang(url);
    await until("it is a client", async () => (await streams(url)) === "1");
    served.become(chainTold([...story, ...story.slice(0, 10)]));
    const other = new Database(served.state.files.name);
    expect(other.pragma("wal_checkpoint(TRUNCATE)")).to.deep.equal([{ busy: 0, log: 0, checkpointed: 0 }]);
    other.close();
    await until("it is cut off", async () => (await streams(url)) === "0");
  });

  it("lets go of clients that have gone before they were let in", async () => {
    await served.close();
    served = openServed(chainTold(story.slice(0, 40)), { late: 500 });
    const url = await listen();
    const sockets = [await hang(url), await hang(url), await hang(url)];
    await setTimeout(2);
    for (const socket of sockets) socket.destroy();
    await until("they are gone", async () => (await streams(url)) === "0");
    expect((await follow(url)).response.status).to.equal(200);
  });

  it("ends with the server, also for a client that doesn't read", async () => {
    served.become(chainTold(story));
    const url = await listen();
    const reader = await follow(url);
    await hang(url);
    await until("both are clients", async () => (await streams(url)) === "2");
    await until("one is at the head", isAt(reader));
    await served.close();
    await until("it has ended", () => reader.ended);
    served = openServed(chainTold([]));
  });
});
