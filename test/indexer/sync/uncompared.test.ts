import { expect } from "chai";
import type { Span } from "../../../indexer/ingest/blocks.ts";
import type { Endpoint } from "../../../indexer/ingest/endpoint.ts";
import { createRpc } from "../../../indexer/ingest/rpc.ts";
import { openForWriting } from "../../../indexer/open.ts";
import { StorageError } from "../../../indexer/store/store.ts";
import { createFinality } from "../../../indexer/sync/finality.ts";
import { createHeads } from "../../../indexer/sync/heads.ts";
import { newStatus } from "../../../indexer/sync/status.ts";
import { createUncompared } from "../../../indexer/sync/uncompared.ts";
import { follow } from "../../../indexer/sync.ts";
import { following, head, whole } from "../following.ts";
import { type Block, type FakeNode, startNode } from "../node.ts";
import { until } from "../running.ts";
import { deployment } from "../story.ts";

describe("blocks that one node told alone", () => {
  const on = following();
  let other: FakeNode;
  let stop: AbortController;
  let warnings: string[];
  let done: (() => Promise<void>) | undefined;
  beforeEach(async () => {
    other = await startNode(whole);
    for (const node of [on.node, other]) node.finalized = head(whole) - 8;
    stop = new AbortController();
    warnings = [];
    done = undefined;
  });
  afterEach(async () => {
    stop.abort();
    await done?.();
    await other.close();
  });

  /** Follows both nodes, whose logs nothing proves; answers with what the indexer is at. */
  function start(rollback?: (undo: () => void) => void) {
    const { decoder, writer: opened, readers, close } = openForWriting(on.path("db"), deployment);
    const writer = rollback ? { ...opened, rollback: (to: number) => rollback(() => opened.rollback(to)) } : opened;
    const nodes = [on.node, other].map(({ url }) => ({ url }));
    const checks = { isTrusting: false, seals: "off", receipts: false } as const;
    const rpc = createRpc({ nodes, checks, chainId: 31337, timeout: 500, signal: stop.signal });
    const status = newStatus();
    const warn = (message: string) => void warnings.push(message);
    const followed = follow({
      ...{ rpc, decoder, writer, status, warn, heads: createHeads(rpc), uncompared: createUncompared(warn) },
      ...{ finality: createFinality({ rpc, depth: 8, warn }), localLogs: readers.logs.between },
      ...{ methods: readers.methods, localLedgers: readers.seasons.ledgers, faultOf: () => undefined },
      ...{ campaign: deployment.contracts.Campaign.address, startBlock: deployment.startBlock, signal: stop.signal },
      ...{ wipe: false, blooms: true, pollInterval: 10, announce: () => {}, report: () => {} },
    });
    done = () => followed.then(close);
    return { status, cursor: () => writer.progress()?.cursor.number ?? 0, logs: () => readers.logs.between(0, 99) };
  }

  const failing: FakeNode["fault"] = (method) =>
    method === "eth_getLogs" ? { status: 500, body: "out of order" } : undefined;
  /** Other bytes at the end of a log, as no bloom shows. */
  const victim = whole.slice(0, 40).findLast(({ logs }) => logs.some(({ data }) => data.length > 66)) as Block;
  const lyingAbout =
    ({ hash }: Block): FakeNode["fault"] =>
    (method, _, honest) =>
      method === "eth_getLogs"
        ? {
            result: (honest as { blockHash: string; transactionHash: string }[]).map((log) =>
              log.blockHash === hash ? { ...log, transactionHash: `0x${"12".repeat(32)}` } : log,
            ),
          }
        : undefined;
  const lying = lyingAbout(victim);
  const asked = (): number => other.requests.filter(({ method }) => method === "eth_getLogs").length;

  it("are read again where another contradicts them later, and they are told as it does", async () => {
    on.node.fault = lying;
    other.fault = failing;
    const indexer = start();
    await until("it is read", () => indexer.cursor() === head(whole) && indexer.status.caughtUpAt !== undefined);
    expect(indexer.logs().some(({ transactionHash }) => /^0x(12)+$/.test(transactionHash))).to.equal(true);
    [on.node.fault, other.fault] = [() => undefined, () => undefined];
    await until("it is read again", () => warnings.some((said) => / Reading again from block \d+\.$/.test(said)));
    expect(warnings.at(-1)).to.match(
      new RegExp(
        `^The node at \\S+ tells log 0 of block ${victim.number}, by \\S+ in 0x(12){32} .*; The node at \\S+ tells log 0 of block ${victim.number}, .* Reading again from block \\d+\\.$`,
      ),
    );
    await until("it is at the head", () => indexer.cursor() === head(whole));
    expect(indexer.logs().some(({ transactionHash }) => /^0x(12)+$/.test(transactionHash))).to.equal(false);
  });

  it("are compared again where they can't be undone just then", async () => {
    on.node.fault = lying;
    other.fault = failing;
    let failures = 1;
    const indexer = start((undo) => {
      if (failures-- > 0) throw new StorageError("The disk is full.");
      undo();
    });
    await until("it is read", () => indexer.cursor() === head(whole) && indexer.status.caughtUpAt !== undefined);
    [on.node.fault, other.fault] = [() => undefined, () => undefined];
    await until("it can't be undone", () => warnings.some((said) => / The disk is full\.$/.test(said)));
    await until("it is undone", () => failures < 0);
    await until("it is at the head", () => indexer.cursor() === head(whole));
    expect(indexer.logs().some(({ transactionHash }) => /^0x(12)+$/.test(transactionHash))).to.equal(false);
  });

  it("are undone where another contradicts them, and both stay with it", async () => {
    on.node.fault = lying;
    other.fault = failing;
    const indexer = start();
    await until("it is read", () => indexer.cursor() === head(whole));
    other.fault = () => undefined;
    await until("it stops before the block", () => / tells .*; .* tells /.test(indexer.status.failure ?? ""));
    expect(indexer.cursor()).to.be.below(victim.number);
  });

  it("are all read again where the first of them are contradicted", async () => {
    const first = whole.find(({ logs }) => logs.length > 0) as Block;
    on.node.fault = lyingAbout(first);
    other.fault = failing;
    const indexer = start();
    await until("it is read", () => indexer.cursor() === head(whole) && indexer.status.caughtUpAt !== undefined);
    [on.node.fault, other.fault] = [() => undefined, () => undefined];
    await until("it is read again", () => warnings.some((said) => / Reading again from block 2\.$/.test(said)));
    await until("it is at the head", () => indexer.cursor() === head(whole));
    expect(indexer.logs().some(({ transactionHash }) => /^0x(12)+$/.test(transactionHash))).to.equal(false);
  });

  it("are undone once where another contradicts them but doesn't answer while they are read again", async () => {
    on.node.fault = lying;
    other.fault = failing;
    const indexer = start();
    await until("it is read", () => indexer.cursor() === head(whole) && indexer.status.caughtUpAt !== undefined);
    other.fault = (...asked) => (indexer.cursor() < head(whole) ? failing(...asked) : undefined);
    const looks: (string | undefined)[] = [];
    await until("it stops", () => looks.push(indexer.status.failure) > 50 && indexer.status.failure !== undefined);
    expect(indexer.status.failure).to.match(/^The node at \S+ tells log .*; The node at \S+ tells log /);
    expect(indexer.cursor()).to.be.below(victim.number);
    expect(warnings.filter((said) => /Reading again/.test(said))).to.have.lengthOf(1);
    other.fault = () => undefined;
    on.node.fault = () => undefined;
    await until("it is at the head", () => indexer.cursor() === head(whole));
  });

  it("are compared once, one part at a time, and no others are", async () => {
    other.fault = failing;
    const indexer = start();
    await until("it is read", () => indexer.cursor() === head(whole));
    other.requests.length = 0;
    other.fault = () => undefined;
    let before = -1;
    await until("all is compared", async () => {
      const isQuiet = asked() > 0 && asked() === before;
      before = asked();
      await new Promise((resolve) => setTimeout(resolve, 700));
      return isQuiet;
    });
    const ranges = other.requests.flatMap(({ method, params: [filter] }) =>
      method === "eth_getLogs" && (filter as { fromBlock?: string }).fromBlock
        ? [filter as Record<string, string>]
        : [],
    );
    const numbers = ranges.flatMap(({ fromBlock, toBlock }) =>
      Array.from({ length: Number(toBlock) - Number(fromBlock) + 1 }, (_, i) => Number(fromBlock) + i),
    );
    const final = head(whole) - 8;
    expect(numbers.sort((a, b) => a - b)).to.deep.equal(Array.from({ length: final - 1 }, (_, i) => i + 2));
    expect(warnings.filter((said) => /Reading again/.test(said))).to.deep.equal([]);
  });

  it("are remembered in up to 1,000 stretches, of which the oldest is forgotten then, and is told", () => {
    const uncompared = createUncompared((message) => warnings.push(message));
    const node = { name: "The node at one" } as Endpoint;
    for (let i = 0; i < 3_000; i++) uncompared.add({ from: i, to: i, node, isProven: false });
    expect(uncompared.next(3_000)).to.deep.equal({ from: 0, to: 31, node, isProven: false });
    for (let i = 1; i < 1_000; i++) uncompared.add({ from: 3_000 + 2 * i, to: 3_000 + 2 * i, node, isProven: false });
    expect(warnings).to.deep.equal([]);
    uncompared.add({ from: 9_000, to: 9_000, node, isProven: false });
    expect(warnings).to.deep.equal(["Blocks 0 to 2999 stay as The node at one alone told them."]);
    expect(uncompared.next(9_000)?.from).to.equal(3_002);
  });

  it("are remembered once, however often they are read", () => {
    const uncompared = createUncompared((message) => warnings.push(message));
    const node = { name: "The node at one" } as Endpoint;
    uncompared.add({ from: 1, to: 8, node, isProven: false });
    for (let i = 0; i < 1_100; i++) {
      uncompared.add({ from: 20, to: 20, node, isProven: false });
      uncompared.add({ from: 18, to: 24, node, isProven: false });
    }
    expect(warnings).to.deep.equal([]);
    for (const [from, to] of [
      [1, 8],
      [18, 24],
    ]) {
      const span = uncompared.next(99) as Span;
      expect(span).to.deep.equal({ from, to, node, isProven: false });
      uncompared.done(span, 1);
    }
    expect(uncompared.next(99)).to.equal(undefined);
  });

  it("are as many at once as give answers of a good length", () => {
    const uncompared = createUncompared(() => {});
    uncompared.add({ from: 1, to: 5_000, node: { name: "The node at one" } as Endpoint, isProven: true });
    for (const to of [32, 48]) {
      const span = uncompared.next(5_000) as Span;
      expect(span.to).to.equal(to);
      uncompared.done(span, 6 * 2 ** 20);
    }
  });

  it("take turns, so that some that nobody answers about hold up no others", () => {
    const uncompared = createUncompared(() => {});
    const node = { name: "The node at one" } as Endpoint;
    for (const from of [1, 20, 40]) uncompared.add({ from, to: from + 3, node, isProven: false });
    const left = new Set<number>();
    for (let round = 0; round < 99; round++) {
      const span = uncompared.next(99);
      if (!span) continue;
      if (span.from < 5) uncompared.wait(span);
      else uncompared.done(span, 1);
      left.add(span.from);
    }
    expect([...left].some((from) => from >= 20)).to.equal(true);
    expect([...left].some((from) => from >= 40)).to.equal(true);
  });

  it("are asked about in smaller parts and more and more seldom while no other node answers", () => {
    const uncompared = createUncompared(() => {});
    uncompared.add({ from: 1, to: 5_000, node: { name: "The node at one" } as Endpoint, isProven: false });
    const looks: [number, number][] = [];
    for (let round = 0; round < 300; round++) {
      const span = uncompared.next(5_000);
      if (!span) continue;
      looks.push([round, span.to]);
      uncompared.wait(span);
    }
    expect(looks).to.deep.equal([
      [0, 32],
      [2, 16],
      [6, 8],
      [14, 4],
      [30, 2],
      [62, 1],
      [126, 1],
      [190, 1],
      [254, 1],
    ]);
  });
});
