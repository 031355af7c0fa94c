import { expect } from "chai";
import { type Hex, keccak256, toHex } from "viem";
import { createDecoder } from "../../../indexer/decode/events.ts";
import { readHeader } from "../../../indexer/ingest/blocks.ts";
import { RpcError } from "../../../indexer/ingest/errors.ts";
import { type Range, readRanges } from "../../../indexer/ingest/ranges.ts";
import { createRpc, type Rpc } from "../../../indexer/ingest/rpc.ts";
import { type Block, chainOf, type FakeNode, startNode } from "../node.ts";
import { choices } from "../running.ts";
import { asRead, chaptersOf, deployment, type Emitted } from "../story.ts";

export type Json = Record<string, unknown>;

export const { filter } = createDecoder(deployment);
export const story = chaptersOf(choices(60, 7));
export const whole: readonly Block[] = chainOf(story);
export const last = whole.length - 1;
/** A block with many logs, in the middle. */
export const busy = whole.findLast(({ logs, number }) => logs.length > 3 && number < 50) as Block;

export const isWanted = ({ address, topics }: Emitted): boolean =>
  filter.addresses.includes(address) && filter.signatures.includes(topics[0] as Hex);

/** What an error says, but for which node it was. */
export const saidOf = ({ message }: Error): string =>
  message.replace(/^The node at [^\s:]+:\d+(: )?/, (_, colon) => (colon ? "" : "The node"));

/** A node with the story's chain, and ways to read it and to falsify what it says. */
export interface Reading {
  node: FakeNode;
  open: (...urls: string[]) => Rpc;
  /** Reads the ranges, once the header that they follow is read without fault. */
  read: (options?: ReadingOptions) => AsyncGenerator<Range>;
  all: (options?: ReadingOptions) => Promise<Range[]>;
  /** Expects reading to fail with an RpcError like this. */
  refuses: (message: RegExp, options?: ReadingOptions) => Promise<void>;
  falsifyLogs: (change: (logs: Json[], query: Json) => unknown) => void;
  falsifyHeader: (blockNumber: number, field: string, value: unknown) => void;
  close: () => Promise<void>;
}

interface ReadingOptions {
  after?: number;
  to?: number;
  head?: number;
  blooms?: boolean;
  urls?: string[];
}

export async function startReading(): Promise<Reading> {
  const node = await startNode([...whole]);
  const ending = new AbortController();
  const open = (...urls: string[]): Rpc =>
    createRpc({ nodes: urls.map((url) => ({ url })), chainId: 31337, timeout: 5_000, signal: ending.signal });

  async function* read({ after = 1, to = last, head = last, blooms = true, urls = [node.url] }: ReadingOptions = {}) {
    const fault = node.fault;
    node.fault = () => undefined;
    const rpc = open(...urls);
    const start = await readHeader(rpc, after);
    node.fault = fault;
    node.requests = [];
    yield* readRanges(rpc, { filter, blooms, after: start, to, head });
  }

  async function all(options?: ReadingOptions): Promise<Range[]> {
    const ranges: Range[] = [];
    for await (const range of read(options)) ranges.push(range);
    return ranges;
  }

  return {
    ...{ node, open, read, all },
    async refuses(message, options) {
      const error = await all(options).catch((thrown) => thrown);
      expect(error).to.be.instanceOf(RpcError);
      expect(saidOf(error)).to.match(message);
    },
    falsifyLogs(change) {
      node.fault = (method, [query], honest) =>
        method === "eth_getLogs" ? { result: change(structuredClone(honest) as Json[], query as Json) } : undefined;
    },
    falsifyHeader(blockNumber, field, value) {
      node.fault = (method, [at], honest) =>
        method === "eth_getBlockByNumber" && Number(at) === blockNumber
          ? { result: { ...(honest as Json), [field]: value } }
          : undefined;
    },
    close() {
      ending.abort();
      return node.close();
    },
  };
}

/** Expects ranges to be, one after another, all that is wanted of these blocks. */
export function expectChain(
  ranges: readonly Range[],
  blocks: readonly Block[],
  after = 1,
  to = blocks.length - 1,
): void {
  expect(ranges[0]?.from).to.equal(after + 1);
  for (const [i, range] of ranges.entries()) {
    expect(range.to).to.equal(ranges[i + 1] ? (ranges[i + 1] as Range).from - 1 : to);
    const inside = blocks.slice(range.from, range.to + 1);
    const kept = inside.filter(({ logs, number }) => number === range.to || logs.some(isWanted));
    expect(range.headers.map(fieldsOf)).to.deep.equal(kept.map(fieldsOf));
    expect(range.logs).to.deep.equal(inside.flatMap(wantedLogs));
  }
}

const fieldsOf = ({ number, hash, parentHash, timestamp }: Omit<Block, "logs" | "logsBloom" | "ledgers">) => ({
  ...{ number, hash, parentHash, timestamp },
});

/** The logs that are wanted of a block, as they are read. */
export const wantedLogs = ({ number, hash, logs }: Block) =>
  logs.flatMap((log, logIndex) => {
    const transactionHash = keccak256(toHex(`${hash} ${logIndex}`));
    return isWanted(log) ? [{ ...asRead(log), blockNumber: number, blockHash: hash, logIndex, transactionHash }] : [];
  });
