import { expect } from "chai";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { createFinality } from "../../../indexer/sync/finality.ts";
import { last, type Reading, startReading, whole } from "../ingest/reading.ts";
import { type FakeNode, startNode } from "../node.ts";

describe("the last final block", () => {
  let reading: Reading;
  let other: FakeNode;
  let warnings: string[];
  beforeEach(async () => {
    reading = await startReading();
    other = await startNode([...whole]);
    warnings = [];
  });
  afterEach(async () => {
    await other.close();
    await reading.close();
  });

  const open = (depth: number, urls = [reading.node.url], now?: () => number) =>
    createFinality({
      rpc: reading.open(...urls),
      depth,
      warn: (message) => warnings.push(message),
      ...(now && { now }),
    });
  const both = () => [reading.node.url, other.url];
  const outOfOrder = { status: 500, body: "out of order" };
  const failing: FakeNode["fault"] = (_, [tag]) => (tag === "finalized" ? outOfOrder : undefined);
  const down: FakeNode["fault"] = (_, [tag]) =>
    ["finalized", "latest"].includes(tag as string) ? outOfOrder : undefined;

  async function refuses(finality: { read(head: number): Promise<number> }): Promise<RpcError> {
    const error = await finality.read(last).catch((thrown) => thrown);
    expect(error).to.be.instanceOf(RpcError);
    return error;
  }

  it("is none as long as a node fails altogether, or hasn't failed at it time and again", async () => {
    reading.node.fault = down;
    const finality = open(5);
    for (let i = 0; i < 6; i++) expect((await refuses(finality)).kind).to.equal("status");
    reading.node.fault = failing;
    for (let i = 0; i < 2; i++) expect((await refuses(finality)).kind).to.equal("status");
    expect(warnings).to.deep.equal([]);
  });

  it("is what the node says, but nothing that is too young", async () => {
    reading.node.finalized = 20;
    expect(await open(5).read(last)).to.equal(20);
    reading.node.finalized = last;
    expect(await open(5).read(last)).to.equal(last - 5);
    expect(await open(last + 9).read(last)).to.equal(0);
  });

  it("is one that is old enough, where the node knows no such tag", async () => {
    for (const answer of [
      { result: null },
      { error: { code: -32602, message: "unknown tag" } },
      { error: { code: -32000, message: "finalized and safe blocks are not supported" } },
      { error: { code: -32000, message: "block count limit exceeded for finalized" } },
      { status: 501, body: "Not Implemented" },
    ]) {
      reading.node.fault = (_, [tag]) => (tag === "finalized" ? (answer as { result: unknown }) : undefined);
      expect(await open(5).read(last)).to.equal(last - 5);
    }
  });

  it("stays what it was said to be before, where a node refuses it just then", async () => {
    const finality = open(5, both());
    other.fault = (_, [tag]) => (tag === "finalized" ? { result: null } : undefined);
    reading.node.finalized = 20;
    expect(await finality.read(last)).to.equal(20);
    for (const fault of [{ error: { code: -32000, message: "execution aborted" } }, { result: null }, outOfOrder]) {
      reading.node.fault = (_, [tag]) => (tag === "finalized" ? (fault as { result: unknown }) : undefined);
      expect(await finality.read(last)).to.equal(20);
    }
    reading.node.fault = () => undefined;
    reading.node.finalized = 21;
    expect(await finality.read(last)).to.equal(21);
  });

  describe("where a node fails at the tag alone, time and again", () => {
    it("is one that is old enough, and the node is named and asked again after a while only", async () => {
      let time = 0;
      reading.node.fault = failing;
      const finality = open(5, undefined, () => time);
      for (let i = 0; i < 2; i++) await refuses(finality);
      for (let i = 0; i < 3; i++) expect(await finality.read(last)).to.equal(last - 5);
      expect(warnings).to.deep.equal([
        `The node at ${new URL(reading.node.url).host} answered eth_getBlockByNumber with status 500. As it tells its head, it is taken for one that doesn't know the tag "finalized".`,
      ]);
      const asked = () => reading.node.requests.filter(({ params: [tag] }) => tag === "finalized").length;
      expect(asked()).to.equal(3);
      time = 600_001;
      expect(await finality.read(last)).to.equal(last - 5);
      expect(asked()).to.equal(4);
      reading.node.fault = () => undefined;
      reading.node.finalized = 20;
      time = 1_300_000;
      expect(await finality.read(last)).to.equal(20);
    });

    it("is what another says", async () => {
      reading.node.fault = failing;
      other.finalized = 20;
      const finality = open(5, both());
      for (let i = 0; i < 6; i++) expect(await finality.read(last)).to.equal(20);
    });

    it("stays what it was said to be before", async () => {
      reading.node.finalized = 20;
      const finality = open(5);
      expect(await finality.read(last)).to.equal(20);
      reading.node.fault = failing;
      for (let i = 0; i < 2; i++) await refuses(finality);
      expect(await finality.read(last)).to.equal(20);
    });
  });
});
