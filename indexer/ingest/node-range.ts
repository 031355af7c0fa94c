import {
  checkLinks,
  confirmHash,
  type Log,
  type LogFilter,
  readHeaders,
  type SealedHeader,
  type Wanted,
} from "./blocks.ts";
import { type Block, blocksOf, checkFaults, complete, readProven } from "./completeness.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { toQuantity } from "./fields.ts";
import { askLogs, type BlockLogs } from "./logs.ts";

/** Consecutive blocks as one node has them. */
export interface NodeRange {
  first: SealedHeader;
  /** Those with logs, and the last one. */
  blocks: Block[];
  /** About how many bytes the node's answers had, but for headers. */
  bytes: number;
  /** Whether receipts prove the logs. */
  isProven: boolean;
}

interface Question {
  filter: LogFilter;
  faultOf: Wanted["faultOf"];
  from: number;
  to: number;
  /** Whether the chain has a block after these, which confirms the last one's hash. */
  followed: boolean;
  signal: AbortSignal;
}

/**
 * Reads every header, so that the blocks are linked and no log is missing. Logs are proven by receipts where the node offers
 * them. Throws {@link RpcError}.
 */
export async function readCheckedRange(node: Endpoint, question: Question): Promise<NodeRange> {
  const { filter, from, to, followed, faultOf } = question;
  const attempt = new AbortController();
  const signal = AbortSignal.any([question.signal, attempt.signal]);
  const numbers = Array.from({ length: to - from + (followed ? 2 : 1) }, (_, i) => from + i);
  const askRange = () => askLogs(node, { fromBlock: toQuantity(from), toBlock: toQuantity(to) }, filter, signal);
  try {
    const isProven = node.checks.receipts && node.checks.seals === "required" && node.offers.receipts;
    const asked = isProven ? undefined : askRange();
    asked?.catch(() => {});
    const headers = linked(await readHeaders(node, numbers, signal), to);
    if (!followed) await confirmHash(node, headers.at(-1) as SealedHeader, signal);
    const proven = isProven ? await readProven(node, headers, filter, signal) : undefined;
    if (proven) return { ...rangeOf(proven.blocks, headers), bytes: proven.bytes, isProven: true };
    const blocks = await complete(node, blocksOf(headers, await (asked ?? askRange())), filter, signal);
    return told(blocks, headers, faultOf);
  } finally {
    attempt.abort();
  }
}

/** Only the headers of blocks with logs and of the first and last one are read. Throws {@link RpcError}. */
export async function readUncheckedRange(node: Endpoint, question: Question): Promise<NodeRange> {
  const { filter, from, to, followed, signal, faultOf } = question;
  const logs = await askLogs(node, { fromBlock: toQuantity(from), toBlock: toQuantity(to) }, filter, signal);
  const numbers = numbersOf(logs, from, to);
  const headers = linked(await readHeaders(node, followed ? [...numbers, to + 1] : numbers, signal), to);
  if (!followed) await confirmHash(node, headers.at(-1) as SealedHeader, signal);
  return told(blocksOf(headers, logs), headers, faultOf);
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

/** What the node told, as far as its own fields show that it is right. */
function told(blocks: readonly Block[], headers: readonly SealedHeader[], faultOf: Question["faultOf"]): NodeRange {
  for (const { logs } of blocks) checkFaults(logs, faultOf);
  const bytes = blocks.reduce((sum, { logs }) => sum + sizeOf(logs), 0);
  return { ...rangeOf(blocks, headers), bytes, isProven: false };
}

const rangeOf = (blocks: readonly Block[], [first]: readonly SealedHeader[]) => ({
  first: first as SealedHeader,
  blocks: blocks.filter(({ logs }, i) => logs.length > 0 || i === blocks.length - 1),
});

const BYTES_BESIDE_DATA = 700;

const sizeOf = (logs: readonly Log[]): number =>
  logs.reduce((sum, { data }) => sum + 2 * data.length + BYTES_BESIDE_DATA, 0);
