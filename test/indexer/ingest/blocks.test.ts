import { expect } from "chai";
import { readFinalized, readHeader } from "../../../indexer/ingest/blocks.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { headerJson } from "../node.ts";
import { type Json, last, type Reading, startReading, whole } from "./reading.ts";

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

  it("reads headers by number and by tag, with their blooms and transactions", async () => {
    reading.node.finalized = 7;
    for (const [at, number] of [
      [5, 5],
      ["latest", last],
      ["finalized", 7],
    ] as const) {
      const { logsBloom, transactions, isSealed, receiptsRoot, ...header } = await readHeader(open(), at);
      const { hash, parentHash, timestamp, logsBloom: bloom } = whole[number] as (typeof whole)[number];
      expect(transactions).to.deep.equal(headerJson(whole[number] as (typeof whole)[number]).transactions);
      expect([isSealed, receiptsRoot]).to.deep.equal([false, undefined]);
      expect(header).to.deep.equal({ number, hash, parentHash, timestamp });
      expect(`0x${Buffer.from(logsBloom as Uint8Array).toString("hex")}`).to.equal(bloom);
    }
  });

  describe("finds as final", () => {
    it("what the node says, but nothing that is too young", async () => {
      reading.node.finalized = 20;
      expect(await readFinalized(open(), last, 5)).to.equal(20);
      reading.node.finalized = last;
      expect(await readFinalized(open(), last, 5)).to.equal(last - 5);
      expect(await readFinalized(open(), last, last + 9)).to.equal(0);
    });

    it("what is old enough, where the node knows no such tag", async () => {
      const answers: Json[] = [
        { result: null },
        { error: { code: -32602, message: "unknown tag" } },
        { error: { code: -32000, message: "finalized and safe blocks are not supported" } },
        { error: { code: -32000, message: "block count limit exceeded for finalized" } },
        { status: 501, body: "Not Implemented" },
      ];
      for (const answer of answers) {
        reading.node.fault = (_, [tag]) => (tag === "finalized" ? (answer as { result: unknown }) : undefined);
        expect(await readFinalized(open(), last, 5)).to.equal(last - 5);
      }
    });

    it("nothing while the node fails", async () => {
      reading.node.fault = (_, [tag]) => (tag === "finalized" ? { status: 500, body: "out of order" } : undefined);
      const error = await readFinalized(open(), last, 5).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(error.kind).to.equal("status");
    });
  });
});
