import type { Hex } from "viem";
import type { Log, LogFilter } from "./blocks.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { bytesOf, hashOf, objectOf, quantityOf } from "./fields.ts";
import { itemIn, textOf } from "./topics.ts";

/** The blocks whose logs are requested. */
type BlockQuery = { blockHash: Hex } | { fromBlock: Hex; toBlock: Hex };

/** Logs that a node returned for one block. */
export interface BlockLogs {
  blockNumber: number;
  blockHash: Hex;
  /** In the chain's order. */
  logs: Log[];
  /** These and any that came with them. */
  returned: readonly Log[];
}

/** The wanted logs of a block or range; throws {@link RpcError} when one wasn't asked for. */
export async function askLogs(
  node: Endpoint,
  range: BlockQuery,
  filter: LogFilter,
  signal?: AbortSignal,
): Promise<BlockLogs[]> {
  const blocks = parseLogs(await node.call("eth_getLogs", [{ ...range, ...queryOf(filter) }], signal));
  const isAsked = askedBy(filter);
  for (const { logs } of blocks)
    for (const log of logs)
      if (!isAsked(log)) throw new RpcError(`The node answered with a log of ${log.address} that nobody asked for.`);
  if (filter.whole.length === 0 && filter.since.size === 0) return blocks;
  const isWanted = wantedBy(filter);
  return blocks.map((block) => ({ ...block, logs: block.logs.filter(isWanted) }));
}

// A query has one list of topics for all its contracts.
const queryOf = ({ addresses, signatures, whole }: LogFilter) =>
  whole.length === 0 ? { address: addresses, topics: [signatures] } : { address: [...addresses, ...whole] };

function askedBy({ addresses, signatures, whole }: LogFilter): (log: Log) => boolean {
  const [contracts, events] = [new Set([...addresses, ...whole]), new Set(signatures)];
  return ({ address, topics }) => contracts.has(address) && (whole.length > 0 || events.has(topics[0] as Hex));
}

/** All logs of a block. */
export const askAllLogs = async (node: Endpoint, blockHash: Hex, signal?: AbortSignal): Promise<BlockLogs[]> =>
  parseLogs(await node.call("eth_getLogs", [{ blockHash }], signal));

/** Whether the filter wants a log. */
export function wantedBy({ addresses, signatures, whole, since }: LogFilter): (log: Log) => boolean {
  const [contracts, events, all] = [new Set(addresses), new Set(signatures), new Set(whole)];
  return ({ address, topics, blockNumber }) =>
    (all.has(address) || (contracts.has(address) && events.has(topics[0] as Hex))) &&
    blockNumber >= (since.get(address) ?? 0);
}

/** Reads an answer of `eth_getLogs`, and puts it in the chain's order. */
function parseLogs(value: unknown): BlockLogs[] {
  if (!Array.isArray(value)) throw new RpcError("The node answered eth_getLogs without a list.");
  const { read, blocks } = createLogReader();
  for (const each of value) read(objectOf(each, "a log"));
  for (const block of blocks.values()) putInOrder(block);
  return [...blocks.values()].sort((a, b) => a.blockNumber - b.blockNumber);
}

function putInOrder({ blockNumber, logs }: BlockLogs): void {
  logs.sort((a, b) => a.logIndex - b.logIndex);
  for (let i = 1; i < logs.length; i++)
    if (logs[i]?.logIndex === logs[i - 1]?.logIndex)
      throw new RpcError(`The node answered with log ${logs[i]?.logIndex} of block ${blockNumber} twice.`);
}

/** Reads logs, and groups them by block. */
function createLogReader(): { read(log: Record<string, unknown>): void; blocks: Map<string, BlockLogs> } {
  const blocks = new Map<string, BlockLogs>();
  // Most logs share these fields with the log before them.
  const blockNumberOf = repeated((value) => quantityOf(value, "blockNumber"));
  const blockHashOf = repeated((value) => hashOf(value, "blockHash"));
  const transactionHashOf = repeated((value) => hashOf(value, "transactionHash"));
  let block: BlockLogs | undefined;

  function blockOf(log: Record<string, unknown>): BlockLogs {
    const blockNumber = blockNumberOf(log.blockNumber);
    const blockHash = blockHashOf(log.blockHash);
    if (block?.blockHash === blockHash && block.blockNumber === blockNumber) return block;
    const key = `${blockNumber} ${blockHash}`;
    const logs: Log[] = [];
    block = blocks.get(key) ?? { blockNumber, blockHash, logs, returned: logs };
    blocks.set(key, block);
    return block;
  }

  return {
    blocks,
    read(log) {
      if (log.removed !== undefined && log.removed !== false)
        throw new RpcError("The node answered with a removed log.");
      const { blockNumber, blockHash, logs } = blockOf(log);
      logs.push({
        address: textOf(itemIn(log.address, "address", 20)),
        topics: topicsOf(log.topics),
        data: bytesOf(log.data, "data"),
        blockNumber,
        blockHash,
        transactionHash: transactionHashOf(log.transactionHash),
        logIndex: quantityOf(log.logIndex, "logIndex"),
      });
    },
  };
}

// In place: nobody else uses the node's answer.
function topicsOf(topics: unknown): Hex[] {
  if (!Array.isArray(topics) || topics.length > 4) throw new RpcError("The node answered with a log without topics.");
  for (let i = 0; i < topics.length; i++) topics[i] = textOf(itemIn(topics[i], "topics", 32));
  return topics;
}

/** `read`, with its last result remembered. */
function repeated<T>(read: (value: unknown) => T): (value: unknown) => T {
  let last: { value: unknown; result: T } | undefined;
  return (value) => {
    if (!last || last.value !== value) last = { value, result: read(value) };
    return last.result;
  };
}
