import { expect } from "chai";
import { createRpc } from "../../../indexer/ingest/rpc.ts";
import type { SyncContext } from "../../../indexer/sync/context.ts";
import { start as startSync } from "../../../indexer/sync/start.ts";
import { following, head, readiness, story, whole } from "../following.ts";
import { type Block, chainOf, type FakeNode, headerJson, startNode } from "../node.ts";
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

  describe("and one of two nodes", () => {
    const foreign = chainOf(chaptersOf(story), "another genesis", 0);
    let honest: FakeNode;
    beforeEach(async () => {
      honest = await startNode(whole);
      const first = await on.launch();
      await untilReady(first, head(whole));
      await on.stop(first);
    });
    afterEach(() => honest.close());

    const both = () => ({ rpcs: [on.node.url, honest.url] });

    /** Tells another genesis block, and one after it, so many times. */
    const otherGenesis =
      (lies: number): FakeNode["fault"] =>
      (method, [at]) =>
        method === "eth_getBlockByNumber" && (at === "0x0" || at === "0x1") && lies-- > 0
          ? { result: headerJson(foreign[Number(at)] as Block) }
          : undefined;

    it("refuses to go on where both have another genesis block, or one has and the other never answers", async () => {
      on.node.blocks = foreign;
      for (const fail of [() => undefined, () => ({ status: 500, body: "out of order" })]) {
        honest.blocks = foreign;
        honest.fault = fail;
        const indexer = await on.launch(both());
        expect((await indexer.ended)?.message).to.match(/is of the chain with genesis block/);
        await on.stop(indexer);
      }
    });

    for (const wipe of [false, true])
      it(`goes on with the other${wipe ? ", and empties nothing" : ""}, where one has another genesis block`, async () => {
        const rows = dumpFile(on.path("db"));
        for (const lies of [2, Number.POSITIVE_INFINITY]) {
          on.node.fault = otherGenesis(lies);
          const indexer = await on.launch({ ...both(), wipe });
          await untilReady(indexer, head(whole));
          await on.stop(indexer);
          expect(dumpFile(on.path("db"))).to.deep.equal(rows);
          expect(honest.requests.some(({ method }) => method === "eth_getLogs")).to.equal(false);
        }
      });

    it("says which node has another genesis block", async () => {
      on.node.fault = otherGenesis(Number.POSITIVE_INFINITY);
      const ending = new AbortController();
      const nodes = both().rpcs.map((url) => ({ url }));
      const rpc = createRpc({ nodes, chainId: 31337, timeout: 2_000, signal: ending.signal });
      const known = whole[0]?.hash;
      const writer = { genesis: () => known, progress: () => ({ cursor: whole.at(-1) }) };
      const said: string[] = [];
      const context = { rpc, writer, startBlock: 0, pollInterval: 10, signal: ending.signal };
      await startSync({ ...context, warn: (message: string) => said.push(message) } as unknown as SyncContext);
      ending.abort();
      expect(said).to.deep.equal([
        `The node at ${new URL(on.node.url).host} has genesis block ${foreign[0]?.hash}, but another node has ${known}, the database's.`,
      ]);
    });

    it("waits a little for the other where one is of another chain", async () => {
      on.node.fault = otherGenesis(Number.POSITIVE_INFINITY);
      let failures = 2;
      honest.fault = () => (failures-- > 0 ? { status: 500, body: "out of order" } : undefined);
      await untilReady(await on.launch({ ...both(), wipe: true }), head(whole));
      await on.expectRowsOf(whole);
    });
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

  it("isn't held up for ever by a node that fails or hangs at the tag of final blocks alone", async () => {
    for (const [i, fault] of (["hang", { status: 500, body: "out of order" }] as const).entries()) {
      on.node.fault = (_, [at]) => (at === "finalized" ? fault : undefined);
      await untilReady(await on.launch({ db: on.path(`db-${i}`), rpcTimeout: 300 }), head(whole));
    }
  });
});
