import { expect } from "chai";
import { following, head, readiness, story, whole } from "../following.ts";
import { chainOf, type FakeNode, startNode } from "../node.ts";
import { choices, dumpFile, until, untilReady } from "../running.ts";
import { chaptersOf, deployment } from "../story.ts";

describe("the chain of a database", () => {
  const on = following();

  it("refuses to go on in a database of another chain", async () => {
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    on.node.blocks = chainOf(chaptersOf(story), "another genesis", 0);
    const second = await on.launch();
    expect((await second.ended)?.message).to.match(
      /is of the chain with genesis block 0x[0-9a-f]{64}, but the node's is/,
    );
  });

  it("empties a database of another chain when asked to", async () => {
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    const other = chainOf(chaptersOf(choices(40, 11)), "another genesis", 0);
    on.node.blocks = other;
    await untilReady(await on.launch({ wipe: true }), head(other));
    await on.expectRowsOf(other);
  });

  describe("where the node has dropped history", () => {
    /** A node that has no block below this one, and says so by an answer or an error. */
    const dropped =
      (below: number, answer: object = { result: null }): FakeNode["fault"] =>
      (method, [at]) =>
        method === "eth_getBlockByNumber" && /^0x/.test(String(at)) && Number(at) < below
          ? (answer as { result: unknown })
          : undefined;
    const gone = { error: { code: 4444, message: "pruned history unavailable" } };
    const inWordsOfLimits = { error: { code: -32000, message: "blocks below 20 are out of range" } };

    for (const [name, below] of [
      ["before the block before the deployment's first", deployment.startBlock - 1],
      ["before the deployment's first block", deployment.startBlock],
    ] as const)
      for (const answer of [{ result: null }, gone, inWordsOfLimits])
        it(`starts ${name}, told by ${JSON.stringify(answer)}`, async () => {
          on.node.fault = dropped(below, answer);
          const indexer = await on.launch();
          await untilReady(indexer, head(whole));
          const { origin, blocks, ...kept } = dumpFile(on.path("db"));
          expect(origin?.[0]).to.include('"genesis_hash":null');
          expect(blocks?.length).to.be.above(0);
          on.node.fault = () => undefined;
          await untilReady(await on.launch({ db: on.path("clean") }), head(whole));
          expect(dumpFile(on.path("clean"))).to.deep.include(kept);
        });

    for (const [name, forkAt] of [
      ["first block", deployment.startBlock],
      ["first block and the one before it", deployment.startBlock - 1],
    ] as const)
      it(`follows a reorganisation of the deployment's ${name}`, async () => {
        on.node.fault = dropped(deployment.startBlock);
        const indexer = await on.launch({ finality: 1000 });
        await untilReady(indexer, head(whole));
        const fork = chainOf(chaptersOf(choices(70, 12)), "from the first", forkAt);
        on.node.blocks = fork;
        await untilReady(indexer, head(fork));
        on.node.fault = () => undefined;
        const { origin, blocks, ...kept } = dumpFile(on.path("db"));
        await untilReady(await on.launch({ db: on.path("clean"), finality: 1000 }), head(fork));
        expect(dumpFile(on.path("clean"))).to.deep.include(kept);
      });

    it("asks another node for the chain's genesis block", async () => {
      on.node.fault = dropped(1);
      const archive = await startNode(whole);
      await untilReady(await on.launch({ rpcs: [on.node.url, archive.url] }), head(whole));
      await archive.close();
      expect(dumpFile(on.path("db")).origin?.[0]).to.include(`"genesis_hash":"${whole[0]?.hash}"`);
    });

    it("goes on in a database that knows its genesis block, and refuses another chain's nonetheless", async () => {
      const first = await on.launch();
      await untilReady(first, head(whole));
      await on.stop(first);
      on.node.fault = dropped(deployment.startBlock);
      const second = await on.launch();
      await untilReady(second, head(whole));
      await on.stop(second);
      on.node.fault = () => undefined;
      on.node.blocks = chainOf(chaptersOf(story), "another genesis", 0);
      expect((await (await on.launch()).ended)?.message).to.match(/is of the chain with genesis block/);
    });

    it("waits for a node that only fails to give block 0", async () => {
      on.node.fault = (method, [at]) =>
        method === "eth_getBlockByNumber" && at === "0x0" ? { status: 500, body: "out of order" } : undefined;
      const indexer = await on.launch();
      await until("it is said", async () => /status 500/.test((await readiness(indexer)).detail));
      expect(dumpFile(on.path("db")).blocks).to.deep.equal([]);
      on.node.fault = () => undefined;
      await untilReady(indexer, head(whole));
      await on.expectRowsOf(whole);
    });
  });

  it("takes a node that refuses the tag of final blocks, in whatever way, for one that doesn't know it", async () => {
    const refusals: ReturnType<FakeNode["fault"]>[] = [
      { status: 400, body: "Bad Request" },
      { status: 400, body: '{"message":"invalid block tag"}' },
      { status: 404, body: "" },
      { status: 200, body: '{"jsonrpc":"2.0","id":0,"error":{"code":-32602,"message":"invalid params"}}' },
    ];
    for (const [i, refusal] of refusals.entries()) {
      on.node.fault = (_, [at]) => (at === "finalized" ? refusal : undefined);
      await untilReady(await on.launch({ db: on.path(`db-${i}`) }), head(whole));
    }
  });
});
