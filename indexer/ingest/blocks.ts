import type { Address, Hex } from "viem";
import { type Rpc, RpcError } from "./rpc.ts";

/** What is kept of a block. */
export interface Header {
  number: number;
  hash: Hex;
  parentHash: Hex;
  /** Unix seconds. */
  timestamp: number;
}

/** A header as a node gives it. */
export interface SealedHeader extends Header {
  /** The filter of all the block's logs, 256 bytes; undefined where the chain's headers carry none. */
  logsBloom: Uint8Array | undefined;
}

/** A log as the chain holds it. */
export interface Log {
  /** Lower case. */
  address: Address;
  topics: readonly Hex[];
  data: Hex;
  blockNumber: number;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

/** Which logs are wanted. */
export interface LogFilter {
  /** Lower case. */
  addresses: readonly Address[];
  /** First topics: the events' signatures. */
  signatures: readonly Hex[];
}

/** What is asked of nodes, and how far they are checked. */
export interface Wanted {
  filter: LogFilter;
  /** Whether logs are held against the bloom filters of the headers; false only for chains whose headers carry none. */
  blooms: boolean;
}

/** The header at a number or tag; throws {@link RpcError} where the node has none. */
export async function readHeader(rpc: Rpc, block: number | "latest" | "finalized"): Promise<SealedHeader> {
  const at = typeof block === "number" ? toQuantity(block) : block;
  const header = parseHeader(await rpc.call("eth_getBlockByNumber", [at, false]));
  if (typeof block === "number" && header.number !== block)
    throw new RpcError(`The node answered with block ${header.number} when asked for ${block}.`);
  return header;
}

/**
 * The last block that can't be reorganised: the node's `finalized` block, and in any case one at least `finality` blocks
 * below the head. Some nodes know no such tag, and development chains call their head final.
 */
export async function readFinalized(rpc: Rpc, head: number, finality: number): Promise<number> {
  const bound = Math.max(head - finality, 0);
  try {
    return Math.min((await readHeader(rpc, "finalized")).number, bound);
  } catch (error) {
    if (error instanceof RpcError && !error.unreachable) return bound;
    throw error;
  }
}

/** Logs of one block, asked by its hash so that a reorg can't slip another block's logs in. */
export async function readBlockLogs(rpc: Rpc, { filter }: Wanted, header: SealedHeader): Promise<Log[]> {
  const logs = parseLogs(await rpc.call("eth_getLogs", [{ ...query(filter), blockHash: header.hash }]), filter);
  for (const log of logs)
    if (log.blockHash !== header.hash || log.blockNumber !== header.number)
      throw new RpcError(`The node answered with a log of block ${log.blockHash} when asked for ${header.hash}.`);
  return logs;
}

/** A range of final blocks: the headers of those with logs and of the last one, in order. */
export interface Range {
  headers: Header[];
  logs: Log[];
  /** How many blocks the next range may span. */
  span: number;
}

const MAX_SPAN = 2_000;
const HEADERS_AT_ONCE = 16;

/**
 * Logs of final blocks from `from`, at most `span` blocks and not beyond `until`. On an error the range is halved, down
 * to one block; after a success the next one may be twice as long.
 */
export async function readRange(
  rpc: Rpc,
  filter: LogFilter,
  from: number,
  until: number,
  span: number,
): Promise<Range> {
  const to = Math.min(from + span - 1, until);
  try {
    const asked = { ...query(filter), fromBlock: toQuantity(from), toBlock: toQuantity(to) };
    const logs = parseLogs(await rpc.call("eth_getLogs", [asked]), filter);
    const outside = logs.find((log) => log.blockNumber < from || log.blockNumber > to);
    if (outside)
      throw new RpcError(
        `The node answered with a log of block ${outside.blockNumber} when asked for ${from} to ${to}.`,
      );
    return { headers: await readHeadersOf(rpc, logs, to), logs, span: Math.min(2 * span, MAX_SPAN) };
  } catch (error) {
    if (!(error instanceof RpcError) || error.unreachable || to === from) throw error;
    return readRange(rpc, filter, from, until, Math.floor((to - from + 1) / 2));
  }
}

async function readHeadersOf(rpc: Rpc, logs: readonly Log[], last: number): Promise<Header[]> {
  const numbers = [...new Set([...logs.map((log) => log.blockNumber), last])];
  const headers: Header[] = [];
  for (let i = 0; i < numbers.length; i += HEADERS_AT_ONCE)
    headers.push(
      ...(await Promise.all(numbers.slice(i, i + HEADERS_AT_ONCE).map((number) => readHeader(rpc, number)))),
    );
  const hashes = new Map(headers.map((header) => [header.number, header.hash]));
  for (const log of logs)
    if (hashes.get(log.blockNumber) !== log.blockHash)
      throw new RpcError(`The node has two blocks ${log.blockNumber}: one of its logs is of ${log.blockHash}.`);
  return headers;
}

function parseHeader(value: unknown): SealedHeader {
  if (!isObject(value)) throw new RpcError("The node does not have the block it was asked for.");
  return {
    number: quantity(value, "number"),
    hash: hash(value, "hash"),
    parentHash: hash(value, "parentHash"),
    timestamp: quantity(value, "timestamp"),
    logsBloom:
      value.logsBloom === undefined || value.logsBloom === null
        ? undefined
        : Buffer.from(text(value, "logsBloom", /^0x[0-9a-f]{512}$/).slice(2), "hex"),
  };
}

/** Reads an answer of `eth_getLogs`: in the chain's order, none twice, none that nobody asked for. */
function parseLogs(value: unknown, filter: LogFilter): Log[] {
  if (!Array.isArray(value)) throw new RpcError("The node answered eth_getLogs without a list.");
  const logs = value.map(parseLog).sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  for (const [i, log] of logs.entries()) {
    const before = logs[i - 1];
    if (before?.blockNumber === log.blockNumber && before.logIndex === log.logIndex)
      throw new RpcError(`The node answered with log ${log.logIndex} of block ${log.blockNumber} twice.`);
    if (!filter.addresses.includes(log.address) || !filter.signatures.includes(log.topics[0] as Hex))
      throw new RpcError(`The node answered with a log of ${log.address} that nobody asked for.`);
  }
  return logs;
}

function parseLog(value: unknown): Log {
  if (!isObject(value)) throw new RpcError("The node answered eth_getLogs with something that is no log.");
  if (value.removed === true) throw new RpcError("The node answered with a removed log.");
  const { topics } = value;
  if (!Array.isArray(topics)) throw new RpcError("The node answered with a log without topics.");
  return {
    address: text(value, "address", /^0x[0-9a-f]{40}$/),
    topics: topics.map((topic: unknown) => hash({ topic }, "topic")),
    data: text(value, "data", /^0x(?:[0-9a-f]{2})*$/),
    blockNumber: quantity(value, "blockNumber"),
    blockHash: hash(value, "blockHash"),
    transactionHash: hash(value, "transactionHash"),
    logIndex: quantity(value, "logIndex"),
  };
}

const query = (filter: LogFilter) => ({ address: filter.addresses, topics: [filter.signatures] });

// A number as JSON-RPC writes it.
const toQuantity = (value: number): Hex => `0x${value.toString(16)}`;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function text(object: Record<string, unknown>, field: string, pattern: RegExp): Hex {
  const value = object[field];
  const lower = typeof value === "string" ? value.toLowerCase() : "";
  if (!pattern.test(lower))
    throw new RpcError(`The node answered with ${field} ${(JSON.stringify(value) ?? "missing").slice(0, 100)}.`);
  return lower as Hex;
}

const hash = (object: Record<string, unknown>, field: string): Hex => text(object, field, /^0x[0-9a-f]{64}$/);

function quantity(object: Record<string, unknown>, field: string): number {
  const value = Number(text(object, field, /^0x[0-9a-f]{1,16}$/));
  if (!Number.isSafeInteger(value)) throw new RpcError(`The node answered with ${field} ${value}.`);
  return value;
}
