import { rmSync } from "node:fs";
import { expect } from "chai";
import type { Indexer } from "../../indexer/main.ts";
import type { IndexerOptions } from "../../indexer/options.ts";
import type { Problem } from "../../sdk/wire.ts";
import { type Block, chainOf, type FakeNode, startNode } from "./node.ts";
import { choices, dumpFile, scratch, start, until, untilReady } from "./running.ts";
import { chaptersOf } from "./story.ts";

/** The choices behind {@link whole}. */
export const story = choices(60, 7);
export const whole = chainOf(chaptersOf(story));
export const head = (blocks: readonly Block[]): number => (blocks.at(-1) as Block).number;

/** What each test of a suite has: a node that serves {@link whole}, and indexers in a directory of its own. */
export interface Following {
  node: FakeNode;
  path(name: string): string;
  launch(options?: Partial<IndexerOptions>): Promise<Indexer>;
  stop(indexer: Indexer): Promise<void>;
  /** The database has every row, and no other, that an indexer has which only ever saw `blocks`. */
  expectRowsOf(blocks: Block[], options?: Partial<IndexerOptions>): Promise<void>;
}

/** Sets up a suite's tests and clears up after each. */
export function following(): Following {
  let files: ReturnType<typeof scratch>;
  let running: Indexer[];

  async function cleanRows(blocks: Block[], options: Partial<IndexerOptions>): Promise<Record<string, unknown[]>> {
    const clean = await startNode(blocks);
    clean.finalized = on.node.finalized;
    rmSync(files.path("clean"), { force: true });
    const indexer = await start({ rpcs: [clean.url], db: files.path("clean"), ...options });
    await untilReady(indexer, head(blocks));
    await indexer.close();
    await clean.close();
    return dumpFile(files.path("clean"));
  }

  const on: Following = {
    node: undefined as unknown as FakeNode,
    path: (name) => files.path(name),
    async launch(options = {}) {
      const indexer = await start({ rpcs: [on.node.url], db: files.path("db"), ...options });
      running.push(indexer);
      return indexer;
    },
    async stop(indexer) {
      await indexer.close();
      running = running.filter((other) => other !== indexer);
    },
    async expectRowsOf(blocks, options = {}) {
      const clean = await cleanRows(blocks, options);
      for (const [table, rows] of Object.entries(dumpFile(files.path("db"))))
        expect(rows, table).to.deep.equal(clean[table]);
    },
  };
  beforeEach(async () => {
    files = scratch();
    on.node = await startNode(whole);
    running = [];
  });
  afterEach(async () => {
    for (const indexer of running) await indexer.close();
    await on.node.close();
    files.remove();
  });
  return on;
}

/** What `/readyz` says. */
export const readiness = async (indexer: Indexer): Promise<Problem> =>
  (await (await fetch(`${indexer.url}/readyz`)).json()) as Problem;

/** The value of a metric. */
export const metric = async (indexer: Indexer, name: string): Promise<string | undefined> =>
  new RegExp(`^${name} (.*)$`, "m").exec(await (await fetch(`${indexer.url}/metrics`)).text())?.[1];

/** Waits until the last of these blocks is indexed. */
export const untilAt = (indexer: Indexer, blocks: readonly Block[]): Promise<true> =>
  until("the chain is indexed", async () => {
    const answer = await fetch(`${indexer.url}/v1/seasons`);
    const { asOf } = (await answer.json()) as { asOf?: { blockHash: string } };
    return asOf?.blockHash === blocks.at(-1)?.hash;
  });

/** A node that says for ever, or so many times, that a block whose logs are asked by its hash has none. */
export const without =
  (block: Block, lies = Number.POSITIVE_INFINITY): FakeNode["fault"] =>
  (method, [filter]) =>
    method === "eth_getLogs" && (filter as { blockHash?: string }).blockHash === block.hash && lies-- > 0
      ? { result: [] }
      : undefined;

/** The last block but one in which points changed. */
export const victim = whole
  .filter(({ ledgers }, i) => ledgers.get(1n)?.seq !== whole[i - 1]?.ledgers.get(1n)?.seq)
  .at(-2) as Block;
