import { expect } from "chai";
import fc from "fast-check";
import type { Hex } from "viem";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { type Range, readRanges } from "../../../indexer/ingest/ranges.ts";
import { type Block, bloomOf, chainOf, headerJson, startNode } from "../node.ts";
import { deployment, type Emitted } from "../story.ts";
import {
  busy,
  expectChain,
  filter,
  isWanted,
  type Json,
  last,
  type Reading,
  saidOf,
  startReading,
  story,
  whole,
} from "./reading.ts";

describe("reading final blocks", () => {
  let reading: Reading;
  beforeEach(async () => {
    reading = await startReading();
  });
  afterEach(() => reading.close());

  it("gives nothing where there is nothing to read", async () => {
    expect(await reading.all({ after: last })).to.deep.equal([]);
    expect(reading.node.requests).to.deep.equal([]);
  });

  it("gives every log in the chain's order, in whatever order the node has them", async () => {
    expectChain(await reading.all(), whole);
    reading.falsifyLogs((logs) => logs.reverse());
    expectChain(await reading.all(), whole);
    const single = busy.number;
    expectChain(await reading.all({ after: single - 1, to: single }), whole, single - 1, single);
  });

  it("reads hex of upper case as that of lower case", async () => {
    reading.node.fault = (_, __, honest) =>
      honest
        ? {
            result: JSON.parse(
              JSON.stringify(honest).replace(/0x[0-9a-f]{20,}/g, (hex) => `0x${hex.slice(2).toUpperCase()}`),
            ),
          }
        : undefined;
    expectChain(await reading.all(), whole);
  });

  it("asks for all logs of a block only where others than the wanted ones explain its bloom", async () => {
    const other = {
      address: deployment.contracts.Bonds.address.toLowerCase() as Hex,
      topics: [`0x${"66".repeat(32)}` as Hex],
      data: "0x" as Hex,
    };
    const mixed = story.map(({ logs, ledgers }, i) => ({
      logs: i % 3 === 0 ? [...logs.slice(0, 2), other, ...logs.slice(2)] : logs,
      ledgers,
    }));
    reading.node.blocks = chainOf(mixed);
    expectChain(await reading.all(), reading.node.blocks);
    const unfiltered = reading.node.requests.filter(
      ({ method, params }) => method === "eth_getLogs" && !("topics" in (params[0] as Json)),
    );
    const needed = mixed.filter(({ logs }) => logs.includes(other) && logs.length > 1);
    expect(unfiltered.length).to.be.within(needed.length, needed.length + 3);
    expect(needed.length).to.be.above(5);
  });

  it("finds a log missing even if the others of its block set all its bits", async () => {
    const blocks = chainOf(story);
    const block = blocks[busy.number] as Block;
    const double = [...block.logs, block.logs[1] as Emitted, block.logs[0] as Emitted];
    expect(bloomOf(double)).to.equal(block.logsBloom);
    block.logs = double;
    reading.node.blocks = blocks;
    reading.falsifyLogs((logs, query) =>
      "topics" in query
        ? logs.filter(({ blockHash, logIndex }) => blockHash !== block.hash || Number(logIndex) !== double.length - 2)
        : logs,
    );
    expectChain(await reading.all(), blocks);
  });

  it("reads, of a chain without blooms, only headers of blocks with logs, and of both ends of a range and what follows", async () => {
    const ranges = await reading.all({ blooms: false });
    expectChain(ranges, whole);
    const headers = reading.node.requests
      .filter(({ method }) => method === "eth_getBlockByNumber")
      .map(({ params }) => Number(params[0]));
    const wanted = ranges.flatMap(({ from, to }) =>
      whole.filter(
        ({ number, logs }) =>
          [from, to, to + 1].includes(number) || (number > from && number < to && logs.some(isWanted)),
      ),
    );
    expect(headers.sort((a, b) => a - b)).to.deep.equal(wanted.map(({ number }) => number));
    expect(headers.length).to.be.below(last);
  });

  it("reads two blocks alone at first, as nobody knows yet how much is in them, and then as many as fit", async () => {
    expectChain(await reading.all(), whole);
    const spans = reading.node.requests
      .filter(({ method }) => method === "eth_getLogs")
      .map(({ params: [query] }) => query as { fromBlock: string; toBlock: string })
      .map(({ fromBlock, toBlock }) => Number(toBlock) - Number(fromBlock) + 1);
    expect(spans.slice(0, 2)).to.deep.equal([2, 32]);
  });

  it("halves a range that the node finds too long, down to one block", async () => {
    for (const most of [20, 5, 1]) {
      reading.node.fault = (method, [query]) => {
        const { fromBlock, toBlock } = query as { fromBlock?: string; toBlock?: string };
        return method === "eth_getLogs" && fromBlock && Number(toBlock) - Number(fromBlock) >= most
          ? { status: 413, body: "too much" }
          : undefined;
      };
      const ranges = await reading.all();
      expectChain(ranges, whole);
      expect(Math.max(...ranges.map(({ from, to }) => to - from + 1))).to.be.within(Math.ceil(most / 2), most);
    }
  });

  it("goes over to another node for a range that one falsifies, and asks every node for a single block", async () => {
    const other = await startNode([...whole]);
    reading.falsifyLogs((logs) => logs.slice(1));
    expectChain(await reading.all({ urls: [reading.node.url, other.url] }), whole);
    other.fault = () => ({ status: 500, body: "out of order" });
    await reading.refuses(/status 500.*are not all that|are not all that.*status 500/, {
      urls: [reading.node.url, other.url],
    });
    await other.close();
  });

  it("yields what holds before it throws", async () => {
    reading.falsifyHeader(50, "parentHash", `0x${"77".repeat(32)}`);
    const ranges: Range[] = [];
    const error = await (async () => {
      for await (const range of reading.read()) ranges.push(range);
    })().catch((thrown) => thrown);
    expect(saidOf(error)).to.match(/^Block 50 follows 0x7777/);
    expectChain(ranges, whole, 1, 48);
  });

  it("believes no block's hash before another block follows it", async () => {
    const empty = whole.findLast(({ logs, number }) => logs.length === 0 && number < last) as Block;
    reading.falsifyHeader(empty.number, "hash", `0x${"77".repeat(32)}`);
    const ranges: Range[] = [];
    const error = await (async () => {
      for await (const range of reading.read({ after: empty.number - 5, to: empty.number })) ranges.push(range);
    })().catch((thrown) => thrown);
    expect(saidOf(error)).to.match(new RegExp(`^Block ${empty.number + 1} follows 0x.*, and not 0x7777`));
    expectChain(ranges, whole, empty.number - 5, empty.number - 1);
  });

  for (const blooms of [true, false])
    it(`believes the last block's hash only if the node finds it by that${blooms ? "" : ", also without blooms"}`, async () => {
      const empty = whole.findLast(({ logs, number }) => logs.length === 0 && number < last) as Block;
      const wanted = { after: empty.number - 3, to: empty.number, head: empty.number, blooms };
      reading.falsifyHeader(empty.number, "hash", `0x${"77".repeat(32)}`);
      await reading.refuses(/a block/, wanted);
      reading.node.fault = (method) => (method === "eth_getBlockByHash" ? { result: headerJson(busy) } : undefined);
      await reading.refuses(
        new RegExp(`^The node answered with block ${busy.number}, 0x.*, when asked for block 0x`),
        wanted,
      );
      reading.node.fault = () => undefined;
      expectChain(await reading.all(wanted), whole, wanted.after, wanted.to);
    });

  it("reads ahead while the caller is busy, but not without end, and stops when the caller does", async () => {
    const long = chainOf(Array.from({ length: 3_000 }, () => ({ logs: [], ledgers: new Map() })));
    reading.node.blocks = long;
    const logs = () => reading.node.requests.filter(({ method }) => method === "eth_getLogs").length;
    const generator = reading.read({ to: 3_000 });
    expect((await generator.next()).value.from).to.equal(2);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const ahead = logs();
    expect(ahead).to.be.within(2, 6);
    reading.node.fault = () => "hang";
    const next = generator.next();
    await next;
    await generator.return(undefined);
    const stopped = reading.node.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(reading.node.requests.length).to.equal(stopped);
  });

  it("gives the same logs whatever fails now and then", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 8 }), { minLength: 20, maxLength: 60 }), async (faults) => {
        const left = [...faults];
        reading.node.fault = (method, _, honest) => {
          const fault = left.pop();
          const logs = structuredClone(honest) as Json[];
          if (fault === 0) return { status: 500, body: "out of order" };
          if (fault === 1) return { status: 200, body: '{"result":[' };
          if (method !== "eth_getLogs") return fault === 2 ? { result: null } : undefined;
          if (fault === 3) return { result: logs.slice(1) };
          if (fault === 4) return { result: [...logs, ...logs.slice(-1)] };
          if (fault === 5) return { result: logs.reverse() };
          return undefined;
        };
        const ranges: Range[] = [];
        for (let after = 1; after < last; ) {
          try {
            for await (const range of readRanges(reading.open(reading.node.url), {
              ...{ filter, blooms: true, to: last },
              after: whole[after] as Block,
            })) {
              ranges.push(range);
              after = range.to;
            }
          } catch (error) {
            expect(error).to.be.instanceOf(RpcError);
          }
        }
        expectChain(ranges, whole);
      }),
      { numRuns: 15 },
    );
  });
});
