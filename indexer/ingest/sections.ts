import { checkLinks, readHeaders, type SealedHeader } from "./blocks.ts";
import { type Block, blocksOf, complete } from "./completeness.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { toQuantity } from "./fields.ts";
import { askLogs, type Log, type LogFilter } from "./logs.ts";

/** Blocks in a row as one node has them. */
export interface Section {
  first: SealedHeader;
  /** Those with logs, and the last one. */
  blocks: Block[];
}

interface Question {
  filter: LogFilter;
  from: number;
  to: number;
  signal: AbortSignal;
}

/** Every header is read: that they are linked and no log is missing is certain. Throws {@link RpcError}. */
export async function readChecked(node: Endpoint, { filter, from, to, signal }: Question): Promise<Section> {
  const attempt = new AbortController();
  const either = AbortSignal.any([signal, attempt.signal]);
  try {
    const numbers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const [headers, logs] = await Promise.all([
      readHeaders(node, numbers, either),
      askLogs(node, { fromBlock: toQuantity(from), toBlock: toQuantity(to) }, filter, either),
    ]);
    return section(headers, await complete(node, blocksOf(headers, logs), filter, either));
  } finally {
    attempt.abort();
  }
}

/** Only the headers of blocks with logs and of the first and last one are read. Throws {@link RpcError}. */
export async function readUnchecked(node: Endpoint, { filter, from, to, signal }: Question): Promise<Section> {
  const logs = await askLogs(node, { fromBlock: toQuantity(from), toBlock: toQuantity(to) }, filter, signal);
  const headers = await readHeaders(node, numbersOf(logs, from, to), signal);
  return section(headers, blocksOf(headers, logs));
}

function numbersOf(logs: readonly Log[], from: number, to: number): number[] {
  const outside = logs.find(({ blockNumber }) => blockNumber < from || blockNumber > to);
  if (outside)
    throw new RpcError(`The node answered with a log of block ${outside.blockNumber} when asked for ${from} to ${to}.`);
  return [...new Set([from, ...logs.map((log) => log.blockNumber), to])];
}

function section(headers: readonly SealedHeader[], blocks: readonly Block[]): Section {
  const [first, ...others] = headers as [SealedHeader, ...SealedHeader[]];
  checkLinks(first, others);
  return { first, blocks: blocks.filter(({ logs }, i) => logs.length > 0 || i === blocks.length - 1) };
}
