import { custom, type EIP1193RequestFn, type RpcLog, type Transport } from "viem";
import { patientHttp } from "../transport.ts";

/** A node and where it is. */
interface Node {
  url: string;
  request: EIP1193RequestFn;
}

/** An RPC that answers what the first of several nodes does, and tells where another answers otherwise. */
export interface Witnessed {
  transport: Transport;
  /** A sentence for each answer that differed, with both answers and whose they are. */
  differences: string[];
}

/** So long a node may be behind the first one, in tries and milliseconds. */
const TRIES = 10;
const PAUSE_MS = 500;

/**
 * Asks every node all that is about a fixed block: logs, state, code and the block's hash. What depends on the moment, as
 * the newest block does, only the first one is asked. Errors of any of them are thrown.
 *
 * @param urls JSON-RPC endpoints.
 */
export function witnessed(urls: readonly [string, ...string[]]): Witnessed {
  const nodes = urls.map((url): Node => ({ url, request: patientHttp(url)({}).request }));
  const [first, ...others] = nodes as [Node, ...Node[]];
  const differences: string[] = [];
  const request = async (asked: { method: string; params?: unknown }): Promise<unknown> => {
    const ask = (node: Node) => node.request(asked as never) as Promise<unknown>;
    const told = await ask(first);
    if (!isFixed(asked)) return told;
    for (const other of others) {
      let heard = await ask(other);
      for (let tries = 1; tries < TRIES && told !== null && heard === null; tries++) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        heard = await ask(other);
      }
      const [one, two] = [essence(asked.method, told), essence(asked.method, heard)];
      const at = firstDifference(one, two);
      if (at !== undefined)
        differences.push(
          `${questionOf(asked)}: ${originOf(first)} answers ${answerOf(one, at)}, ${originOf(other)} answers ${answerOf(two, at)}.`,
        );
    }
    return told;
  };
  return { transport: custom({ request }, { retryCount: 0 }), differences };
}

const originOf = ({ url }: Node): string => new URL(url).origin;

/** Whether the answer can't depend on when it is asked. */
function isFixed({ method, params }: { method: string; params?: unknown }): boolean {
  const [first, second] = (params ?? []) as [unknown, unknown];
  if (method === "eth_getLogs") return true;
  if (method === "eth_getBlockByNumber") return isNumber(first);
  return (method === "eth_call" || method === "eth_getCode") && isNumber(second);
}

const isNumber = (block: unknown): boolean => typeof block === "string" && block.startsWith("0x");

/** What nodes must agree in: lines of an answer, one for each log. */
function essence(method: string, answer: unknown): string[] {
  if (method === "eth_getBlockByNumber") return [(answer as { hash: string } | null)?.hash ?? "no such block"];
  if (method !== "eth_getLogs") return [String(answer).toLowerCase()];
  return (answer as RpcLog[]).map(({ address, topics, data, blockNumber, blockHash, transactionHash, logIndex }) =>
    [`block ${Number(blockNumber)} ${blockHash}`, `log ${Number(logIndex)}`, transactionHash, address, ...topics, data]
      .join(" ")
      .toLowerCase(),
  );
}

function firstDifference(one: readonly string[], two: readonly string[]): number | undefined {
  for (let i = 0; i < Math.max(one.length, two.length); i++) if (one[i] !== two[i]) return i;
  return undefined;
}

function questionOf({ method, params }: { method: string; params?: unknown }): string {
  const [first, second] = params as [unknown, string];
  if (method === "eth_getBlockByNumber") return `The hash of block ${Number(first)}`;
  if (method === "eth_getCode") return `The code of ${first} at block ${Number(second)}`;
  if (method === "eth_call") {
    const { to } = first as { to?: string };
    return `A call ${to ? `of ${to} ` : ""}at block ${Number(second)}`;
  }
  const { fromBlock, toBlock } = first as { fromBlock: string; toBlock: string };
  return `The logs of blocks ${Number(fromBlock)} to ${Number(toBlock)}`;
}

const SHOWN = 400;

function answerOf(lines: readonly string[], at: number): string {
  const line = lines[at] ?? "nothing more";
  const shown = line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
  return lines.length > 1 || at > 0 ? `${lines.length} logs, of which number ${at + 1} is ${shown}` : shown;
}
