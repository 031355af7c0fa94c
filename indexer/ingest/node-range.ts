import { checkLinks, confirmHash, type LogFilter, readHeaders, type SealedHeader } from "./blocks.ts";
import { type Block, blocksOf, complete } from "./completeness.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { toQuantity } from "./fields.ts";
import { askLogs, type BlockLogs } from "./logs.ts";

/** Consecutive blocks as one node has them. */
export interface NodeRange {
  first: SealedHeader;
  /** Those with logs, and the last one. */
  blocks: Block[];
}

interface Question {
  filter: LogFilter;
  from: number;
  to: number;
  /** Whether the chain has a block after these, which confirms the last one's hash. */
  followed: boolean;
  signal: AbortSignal;
}

/** Reads every header, so that the blocks are linked and no log is missing. Throws {@link RpcError}. */
export async function readCheckedRange(
  node: Endpoint,
  { filter, from, to, followed, signal }: Question,
): Promise<NodeRange> {
  const attempt = new AbortController();
  const either = AbortSignal.any([signal, attempt.signal]);
  try {
    const numbers = Array.from({ length: to - from + (followed ? 2 : 1) }, (_, i) => from + i);
    const [read, logs] = await Promise.all([
      readHeaders(node, numbers, either),
      askLogs(node, { fromBlock: toQuantity(from), toBlock: toQuantity(to) }, filter, either),
    ]);
    const headers = linked(read, to);
    if (!followed) await confirmHash(node, headers.at(-1) as SealedHeader, either);
    return rangeOf(await complete(node, blocksOf(headers, logs), filter, either), headers);
  } finally {
    attempt.abort();
  }
}

/** Only the headers of blocks with logs and of the first and last one are read. Throws {@link RpcError}. */
export async function readUncheckedRange(node: Endpoint, question: Question): Promise<NodeRange> {
  const { filter, from, to, followed, signal } = question;
  const logs = await askLogs(node, { fromBlock: toQuantity(from), toBlock: toQuantity(to) }, filter, signal);
  const numbers = numbersOf(logs, from, to);
  const headers = linked(await readHeaders(node, followed ? [...numbers, to + 1] : numbers, signal), to);
  if (!followed) await confirmHash(node, headers.at(-1) as SealedHeader, signal);
  return rangeOf(blocksOf(headers, logs), headers);
}

function numbersOf(answered: readonly BlockLogs[], from: number, to: number): number[] {
  const outside = answered.find(({ blockNumber }) => blockNumber < from || blockNumber > to);
  if (outside)
    throw new RpcError(`The node answered with a log of block ${outside.blockNumber} when asked for ${from} to ${to}.`);
  return [...new Set([from, ...answered.map(({ blockNumber }) => blockNumber), to])];
}

/** The headers up to `to`, once they and the one after them follow one another. */
function linked(headers: readonly SealedHeader[], to: number): SealedHeader[] {
  const [first, ...others] = headers as [SealedHeader, ...SealedHeader[]];
  checkLinks(first, others);
  return headers.filter(({ number }) => number <= to);
}

const rangeOf = (blocks: readonly Block[], [first]: readonly SealedHeader[]): NodeRange => ({
  first: first as SealedHeader,
  blocks: blocks.filter(({ logs }, i) => logs.length > 0 || i === blocks.length - 1),
});
