import type { Log } from "./blocks.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import type { Rpc } from "./rpc.ts";

/** Logs as a node told them. */
export interface Told {
  logs: readonly Log[];
  /** Whether receipts prove that they are all, and right, but for the hashes of their transactions. */
  isProven: boolean;
}

/** What a node told. */
interface Voice<T> {
  node: Endpoint;
  answer: T;
}

/**
 * The answer of one node, given by `ask`, held against what the others tell, if there are any: where it is proven, `work`
 * gets it, and tells the same but for the hashes of transactions. Of three or more that answer, more than half decide; of
 * two that differ nobody can tell which is right. Throws {@link RpcError} with both answers then.
 */
export async function agreed<T>(
  rpc: Rpc,
  ask: (work: (node: Endpoint) => Promise<T>) => Promise<T>,
  work: (node: Endpoint, proven?: T) => Promise<T>,
  toldOf: (answer: T) => Told,
): Promise<T> {
  let first: Endpoint | undefined;
  let since = 0;
  const answer = await ask((node) => {
    [first, since] = [node, performance.now()];
    return work(node);
  });
  const { isProven, logs } = toldOf(answer);
  if (rpc.checks.isTrusting || rpc.size === 1 || (isProven && logs.length === 0)) return answer;
  const besides = { node: first, took: performance.now() - since };
  const others = await rpc.all((node) => work(node, isProven ? answer : undefined), besides);
  const told = others.flatMap(({ node, result }) => (result instanceof RpcError ? [] : [{ node, answer: result }]));
  return decided([{ node: first as Endpoint, answer }, ...told], toldOf);
}

/** What more than half tell; who tells other logs than are proven has no say. Throws {@link RpcError} where there is no such. */
function decided<T>(all: readonly Voice<T>[], toldOf: (answer: T) => Told): T {
  const logsOf = ({ answer }: Voice<T>): readonly Log[] => toldOf(answer).logs;
  const proven = all.find(({ answer }) => toldOf(answer).isProven);
  const voices = proven ? all.filter((each) => !differenceOf(logsOf(proven), logsOf(each), isSameReceipt)) : all;
  for (const one of voices) {
    const equal = voices.filter((other) => !differenceOf(logsOf(one), logsOf(other)));
    if (2 * equal.length > voices.length) return one.answer;
  }
  const [a, b] = voices as [Voice<T>, Voice<T>];
  const [left, right] = differenceOf(logsOf(a), logsOf(b)) as [string, string];
  throw new RpcError(`${a.node.name} tells ${left}; ${b.node.name} tells ${right}.`);
}

/** The first log in which two answers differ, in words; undefined where they are equal. */
export function differenceOf(
  a: readonly Log[],
  b: readonly Log[],
  isEqual: (a: Log, b: Log) => boolean = isSame,
): [string, string] | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]];
    if (!left || !right || !isEqual(left, right)) return [describe(left), describe(right)];
  }
  return undefined;
}

const isSame = (a: Log, b: Log): boolean => a.transactionHash === b.transactionHash && isSameReceipt(a, b);

/** Whether all is the same that a block's receipts prove. */
const isSameReceipt = (a: Log, b: Log): boolean =>
  a.blockHash === b.blockHash &&
  a.logIndex === b.logIndex &&
  a.address === b.address &&
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
