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
export interface Voice<T> {
  node: Endpoint;
  answer: T;
}

/** Told by one node alone: the others failed just then. */
type Alone = (node: Endpoint, isProven: boolean) => void;

/**
 * The answer of one node, given by `ask`, held against what the others tell, if there are any: where it is proven, `work`
 * gets it, and tells the same but for the hashes of transactions. Of three or more that answer, more than half decide; of
 * two that differ nobody can tell which is right. Throws {@link RpcError} with both answers then. Calls `alone` where there
 * are others, and none answers.
 */
export async function agreed<T>(
  rpc: Rpc,
  ask: (work: (node: Endpoint) => Promise<T>) => Promise<T>,
  work: (node: Endpoint, proven?: T) => Promise<T>,
  toldOf: (answer: T) => Told,
  alone?: Alone,
): Promise<T> {
  let first: Endpoint | undefined;
  let since = 0;
  const answer = await ask((node) => {
    [first, since] = [node, performance.now()];
    return work(node);
  });
  const { isProven, logs } = toldOf(answer);
  if (rpc.checks.isTrusting || rpc.size === 1 || (isProven && logs.length === 0)) return answer;
  const node = first as Endpoint;
  const ofOthers = (other: Endpoint) => work(other, isProven ? answer : undefined);
  const decision = await compared(rpc, { node, answer }, ofOthers, toldOf, performance.now() - since);
  if (decision === undefined) alone?.(node, isProven);
  return decision ?? answer;
}

/**
 * What a node told, held against what the others tell, as {@link agreed} does; undefined where none of them answers within
 * twice the time that the first one took, and a little more.
 */
export async function compared<T>(
  rpc: Rpc,
  first: Voice<T>,
  work: (node: Endpoint) => Promise<T>,
  toldOf: (answer: T) => Told,
  took = 0,
): Promise<T | undefined> {
  const others = await rpc.all(work, { node: first.node, took });
  const told = others.flatMap(({ node, result }) => (result instanceof RpcError ? [] : [{ node, answer: result }]));
  return decided([first, ...told], toldOf);
}

/**
 * What more than half tell, undefined where there is but one; who tells other logs than are proven has no say. Throws
 * {@link RpcError} where there is no such.
 */
function decided<T>(all: readonly Voice<T>[], toldOf: (answer: T) => Told): T | undefined {
  const logsOf = ({ answer }: Voice<T>): readonly Log[] => toldOf(answer).logs;
  const proven = all.find(({ answer }) => toldOf(answer).isProven);
  const voices = proven ? all.filter((each) => !differenceOf(logsOf(proven), logsOf(each), isSameReceipt)) : all;
  const [first] = voices as [Voice<T>];
  if (voices.length === 1) return first === all[0] ? undefined : first.answer;
  for (const one of voices) {
    const equal = voices.filter((other) => !differenceOf(logsOf(one), logsOf(other)));
    if (2 * equal.length > voices.length) return one.answer;
  }
  const other = voices.find((each) => differenceOf(logsOf(first), logsOf(each))) as Voice<T>;
  const [left, right] = differenceOf(logsOf(first), logsOf(other)) as [string, string];
  throw new RpcError(`${first.node.name} tells ${left}; ${other.node.name} tells ${right}.`);
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
