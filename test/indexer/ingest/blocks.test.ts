import { expect } from "chai";
import { areSealed, confirmHead, readHeader, readTagged } from "../../../indexer/ingest/blocks.ts";
import type { Checks } from "../../../indexer/ingest/endpoint.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { createRpc } from "../../../indexer/ingest/rpc.ts";
import { sealOf } from "../../../indexer/ingest/seal.ts";
import { type Block, chainOf, type FakeNode, headerJson, startNode } from "../node.ts";
import { last, type Reading, startReading, whole } from "./reading.ts";

describe("reading headers", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
  });
  afterEach(() => reading.close());

  const open = () => reading.open(reading.node.url);

  it("refuses a block that is not there, or is another one", async () => {
    const hash = `0x${"12".repeat(32)}`;
    const header = { hash, parentHash: hash, timestamp: "0x1" };
    for (const [result, message] of [
      [null, "answered with null for a block."],
      [{ ...header, number: "0x3" }, "answered with block 3 when asked for 5."],
    ] as const) {
      reading.node.fault = (method) => (method === "eth_getBlockByNumber" ? { result } : undefined);
      const error = await readHeader(open(), 5).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(error.message).to.equal(`The node at ${new URL(reading.node.url).host} ${message}`);
    }
  });

  describe("confirms a head", () => {
    const empty = Array.from({ length: 248 }, () => ({ logs: [], ledgers: new Map() }));
    const long = chainOf(empty);
    const top = long.at(-1) as Block;

    const refused = async (head: Block, from: number): Promise<string> => {
      const error = await confirmHead(open(), head, from).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(error.message).to.include(new URL(reading.node.url).host);
      return error.message;
    };

    it("but none that doesn't exist, however far it is, with few calls", async () => {
      for (const number of [1_000, 1_000_000, Number.MAX_SAFE_INTEGER]) {
        reading.node.requests.length = 0;
        expect(await refused({ ...top, number }, 0)).to.match(/answered with null for a block\.$/);
        expect(reading.node.requests.length).to.be.below(110);
      }
    });

    it("but none whose blocks are others than it names, or don't follow one another", async () => {
      reading.node.blocks = long;
      const other = chainOf(empty, "other", 100);
      expect(await refused(other.at(-1) as Block, 10)).to.match(
        /answered with head 0x\w+, and then with 0x\w+ at block/,
      );
      for (const at of [top.number - 2, top.number - 100]) {
        reading.node.blocks = [...other.slice(0, at + 1), ...long.slice(at + 1)];
        expect(await refused(top, 10)).to.match(new RegExp(`: Block ${at + 1} follows 0x`));
      }
    });

    it("that its blocks lead to, and reads each of them once", async () => {
      reading.node.blocks = long;
      for (const from of [10, top.number - 99, top.number - 100, top.number]) {
        reading.node.requests.length = 0;
        await confirmHead(open(), top, from);
        const asked = reading.node.requests.filter(({ method }) => method === "eth_getBlockByNumber");
        const numbers = asked.map(({ params }) => Number(params[0])).sort((a, b) => a - b);
        expect(numbers).to.deep.equal(long.slice(from).map(({ number }) => number));
      }
    });
  });

  it("reads headers by number and by tag, with their blooms and transactions", async () => {
    reading.node.finalized = 7;
    const rpc = open();
    for (const [read, number] of [
      [readHeader(rpc, 5), 5],
      [rpc.any((node) => readTagged(node, "latest")), last],
      [rpc.any((node) => readTagged(node, "finalized")), 7],
    ] as const) {
      const { logsBloom, transactions, isSealed, receiptsRoot, ...header } = await read;
      const { hash, parentHash, timestamp, logsBloom: bloom } = whole[number] as (typeof whole)[number];
      expect(transactions).to.deep.equal(headerJson(whole[number] as (typeof whole)[number]).transactions);
      expect([isSealed, receiptsRoot]).to.deep.equal([false, undefined]);
      expect(header).to.deep.equal({ number, hash, parentHash, timestamp });
      expect(`0x${Buffer.from(logsBloom as Uint8Array).toString("hex")}`).to.equal(bloom);
    }
  });

  describe("finds headers sealed", () => {
    type Told = Record<string, unknown>;
    let other: FakeNode;
    beforeEach(async () => {
      other = await startNode([...whole]);
    });
    afterEach(() => other.close());

    /** A node whose headers are altered, and which fails for those that are undefined then. */
    const telling =
      (alter: (header: Told, at: unknown) => Told | undefined): FakeNode["fault"] =>
      (method, [at], honest) => {
        if (method !== "eth_getBlockByNumber" || !honest) return undefined;
        const result = alter(honest as Told, at);
        return result ? { result } : { status: 500, body: "out of order" };
      };
    const sealed = (header: Told): Told => ({ ...header, hash: sealOf(header) });
    const sealing = telling(sealed);
    const found = () => {
      const nodes = [reading.node, other].map(({ url }) => ({ url }));
      const checks: Checks = { isTrusting: false, seals: "unknown", receipts: false };
      const { signal } = new AbortController();
      return areSealed(createRpc({ nodes, checks, chainId: 31337, timeout: 2_000, signal }), 5);
    };

    it("but says nothing where no node answers, or none has told a block", async () => {
      for (const fault of [telling(() => undefined), telling((header, at) => (at === "latest" ? header : undefined))]) {
        [reading.node.fault, other.fault] = [fault, fault];
        expect(await found().catch((thrown) => thrown)).to.be.instanceOf(RpcError);
      }
    });

    it("but not for one node's head, or block that it tells once", async () => {
      expect(await found()).to.equal(false);
      other.fault = telling((header, at) => (at === "latest" ? sealed(header) : header));
      expect(await found()).to.equal(false);
      let lies = 1;
      other.fault = telling((header, at) => (at === "0x0" && lies-- > 0 ? sealed(header) : header));
      expect(await found()).to.equal(false);
    });

    it("where both are, or one that leaves fields out names the same block, or always another", async () => {
      reading.node.fault = sealing;
      for (const fault of [
        sealing,
        telling((header) => ({ ...sealed(header), receiptsRoot: `0x${"12".repeat(32)}` })),
        telling((header) => header),
        telling((header, at) => (at === "latest" ? header : undefined)),
      ]) {
        other.fault = fault;
        expect(await found()).to.equal(true);
      }
    });
  });
});
