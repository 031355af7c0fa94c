import type { Address, Hex } from "viem";
import { BLOOM_BYTES } from "./bloom.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { bytesOf, hashOf, objectOf, quantityOf, toQuantity } from "./fields.ts";
import type { Rpc } from "./rpc.ts";
import { sealOf } from "./seal.ts";

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
  /** The root of the block's receipts. */
  receiptsRoot: Hex | undefined;
  /** Hashes of the block's transactions, not looked at yet; undefined where the node names none, or they served. */
  transactions: readonly unknown[] | undefined;
  /** Whether the hash is that of the header's fields, so that no other field can be a lie once the hash is believed. */
  isSealed: boolean;
}

/** A log as the chain holds it; all hex is lower case, and no topic of another length than 32 bytes. */
export interface Log {
  address: Address;
  topics: readonly Hex[];
  data: Buffer;
  blockNumber: number;
  blockHash: Hex;
  transactionHash: Hex;
  logIndex: number;
}

/** Which logs are wanted. Addresses are lower case. */
export interface LogFilter {
  /** Contracts whose logs with one of `signatures` are wanted. */
  addresses: readonly Address[];
  /** First topics: the events' signatures. */
  signatures: readonly Hex[];
  /** Contracts whose every log is wanted, with any topics. */
  whole: readonly Address[];
  /** The first wanted block of each contract whose logs aren't wanted from the start. */
  since: ReadonlyMap<Address, number>;
}

/** What nodes are asked for, and how strictly their answers are checked. */
export interface Wanted {
  filter: LogFilter;
  /** Whether logs are compared with the headers' bloom filters; false only for chains whose headers carry none. */
  blooms: boolean;
  /** What is wrong with a log by its own fields, where no receipts prove it; undefined where nothing is. */
  faultOf?: ((log: Log) => string | undefined) | undefined;
  /** Called with what one node told alone, for others are given and none of them answered; throws where it isn't believed. */
  alone?: ((span: Span) => void) | undefined;
}

/** Consecutive blocks whose logs one node told. */
export interface Span {
  from: number;
  to: number;
  node: Endpoint;
  /** Whether receipts proved the logs, but for the hashes of their transactions. */
  isProven: boolean;
}

/** A node's last block, or the last that it says is final. */
export const readTagged = async (node: Endpoint, tag: "latest" | "finalized"): Promise<SealedHeader> =>
  parseHeader(node, await node.call("eth_getBlockByNumber", [tag, false]));

/** How often headers are read before none of a chain is believed to be sealed. */
const SEAL_LOOKS = 3;

/**
 * Whether headers of this chain hash to their blocks' hashes, so that every field of every later header can be checked. One
 * of a block that more than half of the nodes name is enough. That none is sealed is believed only after several looks, and
 * only if more than half name such a block, and no half a sealed one in its place. Throws {@link RpcError} when no node
 * answers.
 */
export async function areSealed(rpc: Rpc, startBlock: number): Promise<boolean> {
  let isDisputed = false;
  for (let look = 0; look < SEAL_LOOKS; look++) {
    const answers = (await rpc.all((node) => readTagged(node, "latest"))).map(({ result }) => result);
    const heads = answers.flatMap((answer) => (answer instanceof RpcError ? [] : answer));
    if (heads.length === 0) throw answers[0];
    // A new head is the word of one node; all have the lowest.
    const numbers = new Set([0, startBlock, Math.min(...heads.map(({ number }) => number))]);
    const told = await Promise.all([...numbers].map((number) => rpc.all((node) => readHeaders(node, [number]))));
    const results = told.flat().map(({ result }) => result);
    const headers = results.flatMap((result) => (result instanceof RpcError ? [] : result));
    if (headers.length === 0) throw results[0];
    const blocks = [...Map.groupBy(headers, ({ number, hash }) => `${number} ${hash}`).values()].map((same) => ({
      isSealed: same.some(({ isSealed }) => isSealed),
      share: same.length / heads.length,
    }));
    if (blocks.some(({ isSealed, share }) => isSealed && share > 1 / 2)) return true;
    isDisputed =
      blocks.some(({ isSealed, share }) => isSealed && share === 1 / 2) || blocks.every(({ share }) => share <= 1 / 2);
  }
  return isDisputed;
}

/** How many headers are read at once to confirm a head. */
const CONFIRMED_AT_ONCE = 100;

/**
 * Throws {@link RpcError} unless a node has every block from `from` up to this head, each following the one before: that a
 * node names a head proves nothing. They are read downwards, so that one that doesn't exist is found out with the first part.
 */
export async function confirmHead(rpc: Rpc, head: Header, from: number): Promise<void> {
  await rpc.once(async (node) => {
    let above: Header | undefined;
    for (let to = head.number; to >= from; to -= CONFIRMED_AT_ONCE) {
      const first = Math.max(to - CONFIRMED_AT_ONCE + 1, from);
      const numbers = Array.from({ length: to - first + 1 }, (_, i) => first + i);
      const headers = (await readHeaders(node, numbers)) as [SealedHeader, ...SealedHeader[]];
      const last = headers.at(-1) as SealedHeader;
      if (!above && last.hash !== head.hash)
        throw new RpcError(
          `The node answered with head ${head.hash}, and then with ${last.hash} at block ${head.number}.`,
        );
      checkLinks(headers[0], [...headers.slice(1), ...(above ? [above] : [])]);
      above = headers[0];
    }
  });
}

/** The header at a number; throws {@link RpcError} where no node has one. */
export const readHeader = (rpc: Rpc, block: number): Promise<SealedHeader> =>
  rpc.any(async (node) => {
    const [header] = await readHeaders(node, [block]);
    return header as SealedHeader;
  });

/**
 * The header at a number, whose hash the next block confirms; throws {@link RpcError} where no node has both, or what
 * `check` throws at the header of each.
 */
export const readFollowed = (
  rpc: Rpc,
  block: number,
  check?: (header: SealedHeader, node: Endpoint) => void,
): Promise<SealedHeader> =>
  rpc.any(async (node) => {
    const [header, next] = (await readHeaders(node, [block, block + 1])) as [SealedHeader, SealedHeader];
    checkLinks(header, [next]);
    check?.(header, node);
    return header;
  });

/** The headers of these numbers, from one node. */
export async function readHeaders(
  node: Endpoint,
  numbers: readonly number[],
  signal?: AbortSignal,
): Promise<SealedHeader[]> {
  const calls = numbers.map((number) => [toQuantity(number), false]);
  const headers = (await node.batch("eth_getBlockByNumber", calls, signal)).map((value) => parseHeader(node, value));
  for (const [i, { number }] of headers.entries())
    if (number !== numbers[i])
      throw new RpcError(`The node answered with block ${number} when asked for ${numbers[i]}.`);
  return headers;
}

/** Throws {@link RpcError} unless the node finds a block by its hash: no later block confirms the last block's hash. */
export async function confirmHash(node: Endpoint, { number, hash }: Header, signal?: AbortSignal): Promise<void> {
  const found = parseHeader(node, await node.call("eth_getBlockByHash", [hash, false], signal));
  if (found.number !== number || found.hash !== hash)
    throw new RpcError(`The node answered with block ${found.number}, ${found.hash}, when asked for block ${hash}.`);
}

/** Whether a node refused to tell of one block, in whatever words: nobody can ask for less than one. */
export const isRefusedBlock = ({ kind }: RpcError): boolean => kind === "refused" || kind === "too-large";

/** Throws {@link RpcError} unless these blocks follow one another and the one before them. */
export function checkLinks(before: Header, headers: readonly Header[]): void {
  for (const header of headers) {
    if (header.number === before.number + 1 && header.parentHash !== before.hash)
      throw new RpcError(`Block ${header.number} follows ${header.parentHash}, and not ${before.hash} before it.`);
    if (header.timestamp < before.timestamp)
      throw new RpcError(
        `Block ${header.number} is of time ${header.timestamp}, earlier than ${before.timestamp} of block ${before.number} before it.`,
      );
    before = header;
  }
}

/** Reads a header; throws {@link RpcError} where it isn't one, or where it must be sealed and isn't. */
function parseHeader(node: Endpoint, value: unknown): SealedHeader {
  const block = objectOf(value, "a block");
  const { number, hash, parentHash, timestamp, logsBloom, receiptsRoot, transactions } = block;
  const header = {
    number: quantityOf(number, "number"),
    hash: hashOf(hash, "hash"),
    parentHash: hashOf(parentHash, "parentHash"),
    timestamp: quantityOf(timestamp, "timestamp"),
    logsBloom: [undefined, null, "0x"].includes(logsBloom as undefined)
      ? undefined
      : bytesOf(logsBloom, "logsBloom", BLOOM_BYTES),
    receiptsRoot: [undefined, null].includes(receiptsRoot as undefined)
      ? undefined
      : hashOf(receiptsRoot, "receiptsRoot"),
    transactions: Array.isArray(transactions) ? transactions : undefined,
  };
  if (node.checks.seals === "off") return { ...header, isSealed: false };
  const seal = sealOf(block);
  const isSealed = seal === header.hash;
  if (!isSealed && node.checks.seals === "required")
    throw new RpcError(
      `The header of block ${header.number} hashes to ${seal}, not to ${header.hash}. If a fork has added a field to headers, a newer indexer is needed, or --trust-node.`,
    );
  return { ...header, isSealed };
}
