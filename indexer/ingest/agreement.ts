import type { Log } from "./blocks.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

/** Logs as a node told them, and whether anything but its word says that they are all, and right. */
export interface Told {
  logs: readonly Log[];
  isProven: boolean;
}

/**
 * The answer of one node, given by `ask`; where nothing proves it, other nodes must say the same, if there are any. Of three
 * or more that answer, more than half decide; of two that differ nobody can tell which is right. Throws {@link RpcError}
 * with both answers then.
 */
export async function agreed<T>(
  rpc: Rpc,
  ask: (work: (node: Endpoint) => Promise<T>) => Promise<T>,
  work: (node: Endpoint) => Promise<T>,
  toldOf: (answer: T) => Told,
): Promise<T> {
  let first: Endpoint | undefined;
  let since = 0;
  const answer = await ask((node) => {
    [first, since] = [node, performance.now()];
    return work(node);
  });
  if (rpc.checks.isTrusting || rpc.size === 1 || toldOf(answer).isProven) return answer;
  const others = await rpc.all(work, { node: first, took: performance.now() - since });
  const told = others.flatMap(({ node, result }) => (result instanceof RpcError ? [] : [{ node, answer: result }]));
  const all = [{ node: first as Endpoint, answer }, ...told];
  const proven = told.find((each) => toldOf(each.answer).isProven);
  if (proven) return proven.answer;
  for (const { answer: one } of all) {
    const equal = all.filter((other) => differenceOf(toldOf(one).logs, toldOf(other.answer).logs) === undefined);
    if (2 * equal.length > all.length) return one;
  }
  const [a, b] = all as [(typeof all)[0], (typeof all)[0]];
  const [left, right] = differenceOf(toldOf(a.answer).logs, toldOf(b.answer).logs) as [string, string];
  throw new RpcError(`${a.node.name} tells ${left}; ${b.node.name} tells ${right}.`);
}

/** The first log in which two answers differ, in words; undefined where they are equal. */
export function differenceOf(a: readonly Log[], b: readonly Log[]): [string, string] | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++)
    if (!isSame(a[i], b[i])) return [describe(a[i]), describe(b[i])];
  return undefined;
}

const isSame = (a: Log | undefined, b: Log | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.blockHash === b.blockHash &&
  a.logIndex === b.logIndex &&
  a.address === b.address &&
  a.transactionHash === b.transactionHash &&
  a.topics.length === b.topics.length &&
  a.topics.every((topic, i) => topic === b.topics[i]) &&
  a.data.equals(b.data);

const MOST_BYTES = 64;

function describe(log: Log | undefined): string {
  if (log === undefined) return "no further log";
  const { address, blockNumber, logIndex, topics, data, transactionHash } = log;
  const shown = data.subarray(0, MOST_BYTES).toString("hex");
  const rest = data.length > MOST_BYTES ? `… of ${data.length} bytes` : "";
  return `log ${logIndex} of block ${blockNumber}, by ${address} in ${transactionHash} with topics ${topics.join(" ")} and data 0x${shown}${rest}`;
}
