import { checkLinks, type Header, type Log } from "./blocks.ts";
import type { Block } from "./completeness.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { createPace } from "./pace.ts";
import type { Rpc } from "./rpc.ts";
import { readChecked, readUnchecked, type Section } from "./sections.ts";
import type { Wanted } from "./wanted.ts";

/** Final blocks in a row, checked as far as a node's answers can be. */
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
  /** The chain's last block, where it is above `to`: no range is believed before a block follows it. */
  head?: number | undefined;
}

const RANGES_AHEAD = 3;

/**
 * Final blocks in order, the next ones fetched while the caller works on the present ones. A range that fails is halved,
 * down to one block, which every node is asked for. Throws `RpcError` when no node gives answers that fit together; every
 * range yielded before holds nonetheless.
 */
export async function* readRanges(
  rpc: Rpc,
  { filter, blooms, after, to, head = to }: RangesWanted,
): AsyncGenerator<Range> {
  const stop = new AbortController();
  const pace = createPace();
  const read = blooms ? readChecked : readUnchecked;

  function ask(from: number, last: number): Asked {
    const question = { filter, from, to: last, followed: last < head, signal: stop.signal };
    const work = (node: Endpoint) => read(node, question);
    return { from, to: last, answer: settled(from === last ? rpc.any(work) : rpc.once(work)) };
  }

  const asked: Asked[] = [];
  let next = after.number + 1;
  let before = after;
  try {
    for (;;) {
      for (let last: number; asked.length < RANGES_AHEAD && next <= to; next = last + 1) {
        last = Math.min(next + pace.span() - 1, to);
        asked.push(ask(next, last));
      }
      const part = asked.shift();
      if (!part) return;
      const count = part.to - part.from + 1;
      const section = await part.answer;
      if (section instanceof RpcError) {
        if (count === 1) throw section;
        pace.failed(count);
        const middle = part.from + (count >> 1);
        asked.unshift(ask(part.from, middle - 1), ask(middle, part.to));
        continue;
      }
      const { first, blocks } = section;
      checkLinks(before, [first]);
      before = (blocks.at(-1) as Block).header;
      const logs = blocks.flatMap((block) => block.logs);
      pace.succeeded(count, sizeOf(logs));
      yield { from: part.from, to: part.to, headers: blocks.map(({ header }) => header), logs };
    }
  } finally {
    stop.abort();
  }
}

interface Asked {
  from: number;
  to: number;
  answer: Promise<Section | RpcError>;
}

/** The error as a value; what is no {@link RpcError} is thrown when the answer's turn comes. */
function settled<T>(answer: Promise<T>): Promise<T | RpcError> {
  const result = answer.catch((error) => {
    if (error instanceof RpcError) return error;
    throw error;
  });
  result.catch(() => {});
  return result;
}

const BYTES_BESIDE_DATA = 700;

const sizeOf = (logs: readonly Log[]): number =>
  logs.reduce((sum, { data }) => sum + 2 * data.length + BYTES_BESIDE_DATA, 0);
