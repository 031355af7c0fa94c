import { expect } from "chai";
import { toHex } from "viem";
import { sealOf } from "../../../indexer/ingest/seal.ts";
import { following, head, metric, story, untilAt, whole } from "../following.ts";
import { type Block, chainOf, type FakeNode, headerJson, startNode } from "../node.ts";
import { choices, until, untilReady } from "../running.ts";
import { asking, chaptersOf } from "../story.ts";

/** Like a condition, until it was met. */
function once<T>(isMet: (value: T) => boolean): (value: T) => boolean {
  let wasMet = false;
  return (value) => {
    if (wasMet || !isMet(value)) return false;
    wasMet = true;
    return true;
  };
}

describe("several nodes, and what one alone says", () => {
  const on = following();
  let other: FakeNode;
  beforeEach(async () => {
    other = await startNode(whole);
  });
  afterEach(() => other.close());

  const both = () => ({ rpcs: [on.node.url, other.url] });
  const longer = chainOf(chaptersOf([...story, ...choices(6, 2)]));

  it("follow the furthest, where the first is frozen or on an old fork", async () => {
    for (const blocks of [whole.slice(0, 12), chainOf(chaptersOf(story), "old", 9).slice(0, 20)]) {
      on.node.blocks = blocks;
      const indexer = await on.launch(both());
      await untilReady(indexer, head(whole));
      expect(await metric(indexer, "proofboard_head_block")).to.equal(`${head(whole)}`);
      expect(await metric(indexer, "proofboard_head_lag_blocks")).to.equal("0");
      await on.stop(indexer);
    }
    await on.expectRowsOf(whole);
  });

  it("follow the furthest also where it answers long after a frozen one", async () => {
    on.node.blocks = whole.slice(0, 12);
    other.delay = 2_300;
    await untilReady(await on.launch({ ...both(), rpcTimeout: 20_000 }), head(whole));
    await on.expectRowsOf(whole);
  });

  /** A node that names a head far ahead while `isLying`, and is honest otherwise. */
  const farHead =
    (isLying: () => boolean, number = 99_000_000): FakeNode["fault"] =>
    (method, [tag]) =>
      method === "eth_getBlockByNumber" && tag === "latest" && isLying()
        ? { result: { ...headerJson(whole.at(-1) as Block), number: toHex(number) } }
        : undefined;

  it("are used without one that is of another chain, or once said so", async () => {
    on.node.chainId = 1;
    const indexer = await on.launch(both());
    await untilReady(indexer, head(whole));
    on.node.chainId = 31337;
    other.fault = () => ({ status: 500, body: "out of order" });
    on.node.blocks = longer;
    await untilReady(indexer, head(longer));
    await on.expectRowsOf(longer);
  });

  it("never take a block for final that was not read, for a head that doesn't exist", async () => {
    let lies = 5;
    on.node.fault = farHead(() => lies-- > 0);
    const indexer = await on.launch();
    await until("it has lied", () => lies < 0);
    await untilReady(indexer, head(whole));
    expect(Number(await metric(indexer, "proofboard_finalized_block"))).to.be.at.most(head(whole));
    const fork = chainOf(chaptersOf(story), "late", head(whole));
    on.node.blocks = fork;
    await untilAt(indexer, fork);
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("1");
    await on.expectRowsOf(fork);
  });

  it("aren't led by one that names blocks which don't exist, however long it does", async () => {
    on.node.fault = farHead(() => true);
    const indexer = await on.launch(both());
    await untilReady(indexer, head(whole));
    other.blocks = longer;
    on.node.blocks = longer;
    await untilReady(indexer, head(longer));
    await on.expectRowsOf(longer);
  });

  it("aren't held up or ended by one that names a head however far", async () => {
    for (const node of [on.node, other]) node.finalized = 40;
    for (const number of [1_000_000, Number.MAX_SAFE_INTEGER]) {
      let lies = 3;
      on.node.fault = farHead(() => lies-- > 0, number);
      on.node.requests.length = 0;
      const indexer = await on.launch({ ...both(), db: on.path(`far ${number}`) });
      await untilReady(indexer, head(whole));
      await on.stop(indexer);
      expect(on.node.requests.length).to.be.below(1_000);
    }
  });

  // Without logs: the names in the story are made up, so that only trusted nodes can tell it.
  const emptyChain = chainOf(Array.from({ length: 60 }, () => ({ logs: [], ledgers: new Map() })));
  /** A node that gives some blocks a hash that fits their fields. */
  const sealing =
    (isSealed: (at: unknown) => boolean): FakeNode["fault"] =>
    (method, [at], honest) =>
      method === "eth_getBlockByNumber" && honest && isSealed(at)
        ? { result: { ...(honest as object), hash: sealOf(honest as Record<string, unknown>) } }
        : undefined;

  for (const [name, isSealed] of [
    ["a head, however often", () => (at: unknown) => at === "latest"],
    ["block 0, once", () => once((at) => at === "0x0")],
  ] as const)
    it(`aren't taken for nodes of a chain of sealed headers for ${name}`, async () => {
      for (const node of [on.node, other]) node.blocks = emptyChain;
      other.fault = sealing(isSealed());
      const indexer = await on.launch({ ...both(), trustNode: false });
      await untilReady(indexer, head(emptyChain));
    });

  it("aren't held to seals for ever that one alone made up", async () => {
    on.node.blocks = emptyChain;
    on.node.fault = sealing(once((at) => at === "0x0"));
    await untilReady(await on.launch({ trustNode: false }), head(emptyChain));
  });

  it("are asked again about a block of another time than it has, also where it was final", async () => {
    // Those of a block in which a request is accepted or answered are found out at once.
    const requests = asking.InferenceRequests.address.toLowerCase();
    const isQuiet = ({ logs }: Block) => logs.every(({ address }) => address !== requests);
    const last = head(whole.filter(isQuiet));
    const final = head(whole.slice(0, 31).filter(isQuiet));
    for (const at of [last, final]) {
      let isLying = true;
      // Before season 1 closes: points of a later block would be found out at once.
      const wrong = toHex(1_990);
      on.node.blocks = whole.slice(0, at + 1);
      on.node.finalized = at;
      on.node.fault = (method, [tag], honest) =>
        isLying && method === "eth_getBlockByNumber" && (tag === "latest" || Number(tag) === at)
          ? { result: { ...(honest as object), timestamp: wrong } }
          : undefined;
      const db = on.path(at === final ? "db" : "at the head");
      const indexer = await on.launch({ db, finality: 0 });
      await untilReady(indexer, at);
      const stream = await fetch(`${indexer.url}/v1/stream`);
      isLying = false;
      on.node.blocks = longer;
      await untilReady(indexer, head(longer));
      await on.stop(indexer);
      // Who follows the stream is told that the block was undone.
      expect(await stream.text()).to.match(/^event: reorg$/m);
    }
    await on.expectRowsOf(longer, { finality: 0 });
  });

  it("don't end it where one tells a log twice, at two places, or a number that is too large", async () => {
    const twice: FakeNode["fault"] = (method, _, honest) => {
      const logs = honest as { logIndex: string; blockNumber: string }[];
      if (method !== "eth_getLogs" || logs.length === 0) return undefined;
      const last = logs.at(-1) as (typeof logs)[0];
      return { result: [...logs, { ...last, logIndex: toHex(Number(last.logIndex) + 1) }] };
    };
    const large: FakeNode["fault"] = (method, _, honest) => {
      const logs = honest as { data: string }[];
      if (method !== "eth_getLogs" || logs.length === 0) return undefined;
      const spoilt = logs.map((log) => ({
        ...log,
        data: log.data.replace(/0{16}[0-9a-f]{16}$/, `${"0".repeat(0)}${"0".repeat(16)}${"f".repeat(16)}`),
      }));
      return { result: spoilt };
    };
    for (const [i, fault] of [twice, large].entries()) {
      on.node.fault = fault;
      const indexer = await on.launch({ ...both(), blooms: false, db: on.path(`lies ${i}`) });
      await untilReady(indexer, head(whole));
      await on.stop(indexer);
    }
  });

  it("don't end it where one gave up a final block that another still has", async () => {
    on.node.finalized = 40;
    other.finalized = 40;
    const indexer = await on.launch(both());
    await untilReady(indexer, head(whole));
    on.node.blocks = chainOf(chaptersOf([...story, ...choices(9, 3)]), "deep", 30);
    const { length } = on.node.requests;
    await until("the first was asked again and again", () => on.node.requests.length > length + 20);
    other.blocks = chainOf(chaptersOf([...story, ...choices(12, 2)]));
    await untilReady(indexer, head(other.blocks));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("0");
  });
});
