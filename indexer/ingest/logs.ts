import type { Address, Hex } from "viem";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { bytesOf, hashOf, objectOf, quantityOf } from "./fields.ts";
import { remember } from "./recent.ts";

/** A log as the chain holds it; all hex is lower case. */
export interface Log {
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

/** Of which blocks logs are asked. */
type Place = { blockHash: Hex } | { fromBlock: Hex; toBlock: Hex };

/** The wanted logs at a place; throws {@link RpcError} when there is one among them that isn't wanted. */
export async function askLogs(node: Endpoint, place: Place, filter: LogFilter, signal?: AbortSignal): Promise<Log[]> {
  const query = { ...place, address: filter.addresses, topics: [filter.signatures] };
  const logs = parseLogs(await node.call("eth_getLogs", [query], signal));
  const foreign = logs.find((log) => !isWanted(log, filter));
  if (foreign) throw new RpcError(`The node answered with a log of ${foreign.address} that nobody asked for.`);
  return logs;
}

/** All logs of a block. */
export const askAllLogs = async (node: Endpoint, blockHash: Hex, signal?: AbortSignal): Promise<Log[]> =>
  parseLogs(await node.call("eth_getLogs", [{ blockHash }], signal));

/** Whether a log is of one of the filter's contracts and events. */
export const isWanted = ({ address, topics }: Log, { addresses, signatures }: LogFilter): boolean =>
  addresses.includes(address) && signatures.includes(topics[0] as Hex);

/** Reads an answer of `eth_getLogs`, and puts it in the chain's order. */
function parseLogs(value: unknown): Log[] {
  if (!Array.isArray(value)) throw new RpcError("The node answered eth_getLogs without a list.");
  const logs = value.map(createLogReader());
  if (!isOrdered(logs)) logs.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  for (let i = 1; i < logs.length; i++) {
    const { blockNumber, logIndex } = logs[i] as Log;
    if (logs[i - 1]?.blockNumber === blockNumber && logs[i - 1]?.logIndex === logIndex)
      throw new RpcError(`The node answered with log ${logIndex} of block ${blockNumber} twice.`);
  }
  return logs;
}

const isOrdered = (logs: readonly Log[]): boolean =>
  logs.every((log, i) => {
    const before = logs[i - 1] ?? log;
    return (
      before.blockNumber < log.blockNumber ||
      (before.blockNumber === log.blockNumber && before.logIndex <= log.logIndex)
    );
  });

// Many topics come again: told from a text that is known, they are known to be well-formed, and kept once.
const topicOf = remember((topic: string): Hex => hashOf(topic, "topics"));

// Most logs share these fields with the log before them.
function createLogReader(): (value: unknown) => Log {
  const addressOf = repeated((value) => bytesOf(value, "address", 20));
  const blockNumberOf = repeated((value) => quantityOf(value, "blockNumber"));
  const blockHashOf = repeated((value) => hashOf(value, "blockHash"));
  const transactionHashOf = repeated((value) => hashOf(value, "transactionHash"));

  return (value) => {
    const log = objectOf(value, "a log");
    if (log.removed !== undefined && log.removed !== false) throw new RpcError("The node answered with a removed log.");
    return {
      address: addressOf(log.address),
      topics: topicsOf(log.topics),
      data: bytesOf(log.data, "data"),
      blockNumber: blockNumberOf(log.blockNumber),
      blockHash: blockHashOf(log.blockHash),
      transactionHash: transactionHashOf(log.transactionHash),
      logIndex: quantityOf(log.logIndex, "logIndex"),
    };
  };
}

// In place: what a node answered is nobody else's.
function topicsOf(topics: unknown): Hex[] {
  if (!Array.isArray(topics) || topics.length > 4) throw new RpcError("The node answered with a log without topics.");
  for (let i = 0; i < topics.length; i++)
    topics[i] = typeof topics[i] === "string" ? topicOf(topics[i]) : hashOf(topics[i], "topics");
  return topics;
}

/** `read`, not run anew for the value that it was last run for. */
function repeated<T>(read: (value: unknown) => T): (value: unknown) => T {
  let last: { value: unknown; result: T } | undefined;
  return (value) => {
    if (last?.value !== value) last = { value, result: read(value) };
    return (last as { result: T }).result;
  };
}
