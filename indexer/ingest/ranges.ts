import { agreed, type Told } from "./agreement.ts";
import { checkLinks, type Header, type Log, type Span, type Wanted } from "./blocks.ts";
import { type Block, renamed } from "./completeness.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { type NodeRange, readCheckedRange, readUncheckedRange } from "./node-range.ts";
import { createRangeSize } from "./range-size.ts";
import type { Rpc } from "./rpc.ts";

/** Consecutive final blocks, checked as far as a node's answers can be. */
export interface Range {
  from: number;
  to: number;
  /** Of the blocks with logs and of the last one, in order. */
  headers: Header[];
  /** In the chain's order. */
  logs: Log[];
}

/** {@link readRanges} reads the blocks after `after` up to the final block number `to`. */
export interface RangesWanted extends Wanted {
  after: Header;
  to: number;
  /** The chain's last block, if it is above `to`: a range counts only once another block follows it. */
  head?: number | undefined;
}

const RANGES_AHEAD = 3;
/** Blocks that are read alone at first: they tell how many give an answer of a good size. */
const FIRST_BLOCKS = 2;

/**
 * Final blocks in order, the next ones fetched while the caller works on the present ones. A range that fails is asked for
 * again, of every node, and then halved, down to one block; one that a node finds too long is halved at once. Throws
 * `RpcError` when no node gives answers that fit together; every range yielded before holds nonetheless.
 */
export async function* readRanges(
  rpc: Rpc,
  { filter, blooms, faultOf, alone, after, to, head = to }: RangesWanted,
): AsyncGenerator<Range> {
  const stop = new AbortController();
  const size = createRangeSize();
  const read = blooms ? readCheckedRange : readUncheckedRange;

  function ask(from: number, last: number, repeated = false): Asked {
    const again = repeated || from === last;
    const question = { filter, faultOf, from, to: last, followed: last < head, signal: stop.signal };
    const work = async (node: Endpoint, proven?: NodeRange): Promise<NodeRange> =>
      proven ? { ...proven, blocks: await renamed(node, proven.blocks, stop.signal) } : read(node, question);
    const asked: Asked = {
      from,
      to: last,
      again,
      answer: settled(agreed(rpc, again ? rpc.any : rpc.once, work, toldOf, note)),
    };
    function note(node: Endpoint, isProven: boolean): void {
      asked.alone = { from, to: last, node, isProven };
    }
    return asked;
  }

  const asked: Asked[] = [];
  let isFirst = true;
  let next = after.number + 1;
  let before = after;

  function askAhead(): void {
    for (let last: number; asked.length < (isFirst ? 1 : RANGES_AHEAD) && next <= to; next = last + 1) {
      last = Math.min(next + (isFirst ? FIRST_BLOCKS : size.blocks()) - 1, to);
      asked.push(ask(next, last));
    }
  }

  try {
    for (;;) {
      askAhead();
      const part = asked.shift();
      if (!part) return;
      const count = part.to - part.from + 1;
      const answer = await part.answer;
      if (answer instanceof RpcError) {
        const isTooLong = answer.kind === "too-large";
        if (part.again || isTooLong) {
          if (count === 1 || answer.kind === "rate-limited") throw answer;
          size.failed(count);
          const middle = part.from + (count >> 1);
          asked.unshift(ask(part.from, middle - 1, !isTooLong), ask(middle, part.to, !isTooLong));
        } else asked.unshift(ask(part.from, part.to, true));
        continue;
      }
      const { first, blocks, bytes } = answer;
      checkLinks(before, [first]);
      before = (blocks.at(-1) as Block).header;
      const logs = blocks.flatMap((block) => block.logs);
      size.succeeded(count, bytes);
      if (isFirst) {
        isFirst = false;
        askAhead();
      }
      if (part.alone) alone?.(part.alone);
      yield { from: part.from, to: part.to, headers: blocks.map(({ header }) => header), logs };
    }
  } finally {
    stop.abort();
  }
}

/** The logs of a range. */
export const toldOf = ({ blocks, isProven }: NodeRange): Told => ({
  logs: blocks.flatMap(({ logs }) => logs),
  isProven,
});

interface Asked {
  from: number;
  to: number;
  /** Whether it failed before: then every node is asked. */
  again: boolean;
  answer: Promise<NodeRange | RpcError>;
  /** Where one node told it alone. */
  alone?: Span;
}

/** The error as a value; any other than an {@link RpcError} is thrown when the answer's turn comes. */
function settled<T>(answer: Promise<T>): Promise<T | RpcError> {
  const result = answer.catch((error) => {
    if (error instanceof RpcError) return error;
    throw error;
  });
  result.catch(() => {});
  return result;
}
