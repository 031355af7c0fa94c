import { expect } from "chai";
import { rewind } from "../../../indexer/maintain.ts";
import { following, head, metric, story, untilAt, whole } from "../following.ts";
import { type Block, chainOf, headerJson } from "../node.ts";
import { choices, dumpFile, until, untilReady } from "../running.ts";
import { chaptersOf, deployment } from "../story.ts";

describe("reorganisations", () => {
  const on = following();

  it("refuses a reorganisation of final blocks", async () => {
    on.node.finalized = 40;
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    on.node.blocks = chainOf(chaptersOf(story), "deep", 30);
    expect((await indexer.ended)?.message).to.match(
      /^Block 40 was final and the node no longer has it\. The reorganisation is deeper than the \d+ blocks that may change\. To follow the node's chain, run "indexer rewind --to 29"/,
    );
  });

  it("follows a reorganisation of final blocks once it is rewound as it says", async () => {
    on.node.finalized = 40;
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    const fork = chainOf(chaptersOf([...story.slice(0, 20), ...choices(60, 8)]), "deep", 23);
    on.node.blocks = fork;
    const failure = await indexer.ended;
    await on.stop(indexer);
    const [, to] = /rewind --to (\d+)/.exec(failure?.message ?? "") ?? [];
    expect(Number(to)).to.be.below(23);
    rewind({ deployment, db: on.path("db"), to: Number(to) });
    await untilReady(await on.launch(), head(fork));
    await on.expectRowsOf(fork);
  });

  it("doesn't give up a final block for one backend's fork", async () => {
    on.node.finalized = 40;
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    const fork = chainOf(chaptersOf(story), "deep", 30);
    const longer = chainOf(chaptersOf([...story, ...choices(3, 2)]));
    let strays = 3;
    on.node.fault = (method, [tag]) => {
      if (method !== "eth_getBlockByNumber" || strays === 0) return undefined;
      if (tag !== "latest") return { result: headerJson(fork[Number(tag)] as Block) };
      strays--;
      return { result: headerJson(fork.at(-1) as Block) };
    };
    await until("the backend has strayed", () => strays === 0);
    on.node.blocks = longer;
    await untilReady(indexer, head(longer));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("0");
  });

  it("follows a reorganisation, also to a chain of the same height", async () => {
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    for (const forkAt of [head(whole), head(whole) - 4, 20]) {
      const suffix = choices(60, forkAt);
      const fork = chainOf(
        chaptersOf([...story.slice(0, forkAt - 3), ...suffix.slice(forkAt - 3)]),
        `fork ${forkAt}`,
        forkAt,
      );
      on.node.blocks = fork;
      await untilAt(indexer, fork);
    }
    const last = on.node.blocks;
    await untilReady(indexer, head(last));
    await on.expectRowsOf(last);
  });

  it("follows a reorganisation that happened while it was away", async () => {
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    const fork = chainOf(chaptersOf([...story.slice(0, 30), ...choices(40, 3)]), "meanwhile", 33);
    on.node.blocks = fork;
    await untilReady(await on.launch(), head(fork));
    await on.expectRowsOf(fork);
  });

  it("keeps the parent hashes of every block that isn't final when it is started again", async () => {
    on.node.finalized = 20;
    const first = await on.launch();
    await untilReady(first, head(whole));
    await on.stop(first);
    for (const depth of [40, 3, 25]) {
      const forkAt = head(whole) - depth;
      const fork = chainOf(
        chaptersOf([...story.slice(0, forkAt - 3), ...choices(depth + 3, depth)]),
        `${depth}`,
        forkAt,
      );
      on.node.blocks = fork;
      const again = await on.launch();
      await untilReady(again, head(fork));
      await on.stop(again);
      await on.expectRowsOf(fork);
    }
  });

  it("follows reorganisations of any depth, down to the seam of final and new blocks", async () => {
    on.node.finalized = 30;
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    let blocks = whole;
    for (const [i, forkAt] of [31, 61, 45, 31, 60, 33].entries()) {
      blocks = chainOf(
        chaptersOf([...story.slice(0, forkAt - 3), ...choices(60 + i, i).slice(forkAt - 3)]),
        `fork ${i}`,
        forkAt,
      );
      on.node.blocks = blocks;
      await untilAt(indexer, blocks);
    }
    await untilReady(indexer, head(blocks));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("6");
    await on.expectRowsOf(blocks);
  });

  it("starts over when the first blocks are reorganised and none was final", async () => {
    const indexer = await on.launch({ finality: 1000 });
    await untilReady(indexer, head(whole));
    const fork = chainOf(chaptersOf(choices(70, 12)), "from the first", 1);
    on.node.blocks = fork;
    await untilAt(indexer, fork);
    await untilReady(indexer, head(fork));
    await on.expectRowsOf(fork, { finality: 1000 });
  });

  it("waits for a backend that lags behind, and undoes nothing though every other answer is its", async () => {
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    let asked = 0;
    on.node.fault = (method, [tag]) =>
      method === "eth_getBlockByNumber" && tag === "latest" && asked++ % 2 === 0
        ? { result: headerJson(whole.at(-10) as Block) }
        : undefined;
    await until("it was asked often", () => asked > 12);
    const longer = chainOf(chaptersOf([...story, ...choices(5, 2)]));
    on.node.blocks = longer;
    await untilReady(indexer, head(longer));
    expect(await metric(indexer, "proofboard_reorgs_total")).to.equal("0");
  });

  it("waits for a node that lags behind and undoes nothing", async () => {
    const indexer = await on.launch();
    await untilReady(indexer, head(whole));
    const before = dumpFile(on.path("db"));
    on.node.blocks = whole.slice(0, -10);
    await until(
      "the lag is noticed",
      () => on.node.requests.filter((r) => r.method === "eth_getBlockByNumber").length > 80,
    );
    expect(dumpFile(on.path("db"))).to.deep.equal(before);
    on.node.blocks = whole;
    await untilReady(indexer, head(whole));
  });
});
