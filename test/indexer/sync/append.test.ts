import { rmSync } from "node:fs";
import { expect } from "chai";
import { following, head, metric, readiness, victim, whole, without } from "../following.ts";
import type { FakeNode } from "../node.ts";
import { until, untilReady } from "../running.ts";

describe("reading blocks", () => {
  const on = following();

  it("catches up over final blocks in ranges and over new blocks by their hashes, with headers in batches", async () => {
    on.node.finalized = 50;
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    const asked = on.node.requests
      .filter(({ method }) => method === "eth_getLogs")
      .map(({ params }) => params[0] as object);
    expect(asked.filter((filter) => "fromBlock" in filter)).to.have.lengthOf.below(5);
    expect(asked.filter((filter) => "blockHash" in filter)).to.have.lengthOf(head(whole) - 50);
  });

  it("keeps the blocks before one whose logs or header fail, and asks again for that one only", async () => {
    const spoils: FakeNode["fault"][] = [
      without(victim),
      (method, [at]) =>
        method === "eth_getBlockByNumber" && Number(at) === victim.number ? { result: null } : undefined,
    ];
    for (const spoil of spoils) {
      rmSync(on.path("db"), { force: true });
      on.node.fault = spoil;
      const indexer = await on.launch();
      await until(
        "the blocks before are kept",
        async () => Number(await metric(indexer, "proofboard_indexed_block")) === victim.number - 1,
      );
      const others = on.node.requests.length;
      on.node.fault = () => undefined;
      await untilReady(indexer, head(whole));
      const again = on.node.requests.slice(others).filter(({ method }) => method === "eth_getLogs");
      expect(again.map(({ params }) => (params[0] as { blockHash: string }).blockHash)).to.not.include(
        whole[victim.number - 1]?.hash,
      );
      await on.expectRowsOf(whole);
      await on.stop(indexer);
    }
  });

  it("never takes blocks for final that are younger than --finality, whatever the node says", async () => {
    on.node.finalized = head(whole);
    const indexer = await on.launch({ finality: 5 });
    await untilReady(indexer, head(whole));
    const audit = await fetch(`${indexer.url}/v1/audit/1`);
    const { asOf } = (await audit.json()) as { asOf: { finalizedBlock: number } };
    expect(asOf.finalizedBlock).to.equal(head(whole) - 5);
  });

  it("keeps the same rows whether it followed the chain or came late", async () => {
    on.node.blocks = whole.slice(0, 12);
    const indexer = await on.launch();
    for (let length = 12; length <= whole.length; length += 6) {
      on.node.blocks = whole.slice(0, length);
      on.node.finalized = Math.max(0, length - 15);
      await untilReady(indexer, length - 1);
    }
    on.node.blocks = whole;
    await untilReady(indexer, head(whole));
    await on.expectRowsOf(whole);
  });

  it("resumes after a restart without reading again", async () => {
    on.node.finalized = 50;
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    on.node.requests = [];
    await untilReady(await on.launch(), head(whole));
    expect(on.node.requests.filter(({ method }) => method === "eth_getLogs")).to.deep.equal([]);
  });

  it("halves a range that the node finds too long, and halves it again", async () => {
    on.node.finalized = head(whole);
    const tooLong = ({ fromBlock, toBlock }: { fromBlock?: string; toBlock?: string }) =>
      Number(toBlock) - Number(fromBlock) > 5;
    on.node.fault = (method, [filter]) =>
      method === "eth_getLogs" && tooLong(filter as object) ? { status: 413, body: "too much" } : undefined;
    await untilReady(await on.launch(), head(whole));
    on.node.fault = () => undefined;
    await on.expectRowsOf(whole);
  });

  it("doesn't believe that a block is empty whose header shows logs, and goes no further", async () => {
    on.node.fault = without(victim);
    const indexer = await on.launch();
    await until("the doubt is reported", async () =>
      /The 0 logs of block \d+ are not all that its logsBloom shows\./.test((await readiness(indexer)).detail),
    );
    expect(Number(await metric(indexer, "proofboard_indexed_block"))).to.be.below(victim.number);
    on.node.fault = () => undefined;
    await untilReady(indexer, head(whole));
    await on.expectRowsOf(whole);
  });
});
