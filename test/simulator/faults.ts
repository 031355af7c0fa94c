import { getAbiItem, type Hex, toEventSelector, toHex } from "viem";
import { campaignAbi } from "../../sdk/abi.ts";
import type { Random } from "./random.ts";

/** A call of JSON-RPC as the indexer made it. */
export interface Call {
  id: number;
  method: string;
  params: unknown[];
}

/** What a fault of an answer may use. */
interface Means {
  random: Random;
  /** Asks the node itself. */
  ask(method: string, ...params: unknown[]): Promise<unknown>;
}

/** Spoils a result; undefined where there is nothing that it could spoil. */
type Spoil = (call: Call, result: unknown, means: Means) => Promise<unknown> | unknown;

interface Log {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
  removed?: boolean;
}
type Block = Record<string, unknown> & { hash: string; parentHash: string };

const ofLogs =
  (spoil: (logs: Log[], random: Random) => Log[]): Spoil =>
  ({ method }, result, { random }) =>
    method === "eth_getLogs" && Array.isArray(result) && result.length > 0
      ? spoil([...(result as Log[])], random)
      : undefined;

/** One log of them made another by `change`. */
const ofOneLog = (change: (log: Log, random: Random) => Log[]): Spoil =>
  ofLogs((logs, random) => {
    const at = random.between(0, logs.length - 1);
    return logs.flatMap((log, i) => (i === at ? change(log, random) : [log]));
  });

interface Receipt {
  logs: Log[];
  status: string;
  transactionHash: string;
}

/** One receipt of a block made another; `change` gives undefined where it can't be. */
const ofOneReceipt =
  (change: (receipt: Receipt, random: Random) => Receipt | undefined): Spoil =>
  ({ method }, result, { random }) => {
    if (method !== "eth_getBlockReceipts" || !Array.isArray(result)) return undefined;
    const [at, other] = shuffled([...result.keys()], random).flatMap((i) => {
      const made = change(result[i] as Receipt, random);
      return made ? [[i, made] as const] : [];
    })[0] ?? [-1];
    return at < 0 ? undefined : result.with(at, other);
  };

/** One log of a receipt made another, or none, or two. */
const ofOneReceiptLog = (change: (log: Log, random: Random) => Log[]): Spoil =>
  ofOneReceipt((receipt, random) => {
    const { logs } = receipt;
    if (logs.length === 0) return undefined;
    const at = random.between(0, logs.length - 1);
    return { ...receipt, logs: logs.flatMap((log, i) => (i === at ? change(log, random) : [log])) };
  });

/** The block answered for a number; never that of block 0, by which a chain is known. */
const ofBlocks =
  (spoil: (block: Block, call: Call, means: Means) => unknown): Spoil =>
  (call, result, means) =>
    call.method === "eth_getBlockByNumber" && call.params[0] !== "0x0" && result !== null
      ? spoil(result as Block, call, means)
      : undefined;

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.between(0, rest.length - 1), 1)[0] as T);
}

/** Another digit somewhere. */
function altered(hex: string, random: Random): string {
  const at = random.between(2, hex.length - 1);
  const digit = ((Number.parseInt(hex[at] ?? "0", 16) + random.between(1, 15)) % 16).toString(16);
  return hex.slice(0, at) + digit + hex.slice(at + 1);
}

const points = new Set(
  (["PointsAwarded", "PointsBurned"] as const).map((name) => toEventSelector(getAbiItem({ abi: campaignAbi, name }))),
);

// Topics are held against blooms, and points against the ledger's hash. Nothing on the chain tells of other data.
const alteredLog = (log: Log, random: Random): Log =>
  points.has(log.topics[0] as Hex) && random.chance(0.7)
    ? { ...log, data: altered(log.data, random) }
    : { ...log, topics: [...log.topics.slice(0, -1), altered(log.topics.at(-1) as string, random)] };

/** Faults within an answer that is otherwise in good form. */
export const spoils = {
  "logs:none": ofLogs(() => []),
  "logs:missing": ofOneLog(() => []),
  "logs:doubled": ofOneLog((log) => [log, log]),
  "logs:altered": ofOneLog((log, random) => [alteredLog(log, random)]),
  "logs:removed": ofOneLog((log) => [{ ...log, removed: true }]),
  "logs:cut": ofOneLog((log) => [{ ...log, data: log.data.slice(0, -64) }]),
  "logs:foreign-contract": ofOneLog((log, random) => [log, { ...log, address: altered(log.address, random) }]),
  "logs:foreign-block": ofOneLog((log, random) => [
    log,
    { ...log, blockNumber: toHex(Number(log.blockNumber) + random.between(1, 9)) },
  ]),
  "logs:other-order": ofLogs(shuffled),
  "receipts:none": ({ method }, result) =>
    method === "eth_getBlockReceipts" && Array.isArray(result) && result.length > 0 ? [] : undefined,
  "receipts:data-altered": ofOneReceiptLog((log, random) => [
    log.data.length > 2 ? { ...log, data: altered(log.data, random) } : { ...log, data: "0x00" },
  ]),
  "receipts:topics-altered": ofOneReceiptLog((log, random) => [
    { ...log, topics: [...log.topics.slice(0, -1), altered(log.topics.at(-1) as string, random)] },
  ]),
  "receipts:missing": ofOneReceiptLog(() => []),
  "receipts:doubled": ofOneReceiptLog((log) => [log, log]),
  "receipts:foreign-transaction": ofOneReceipt((receipt, random) => ({
    ...receipt,
    transactionHash: altered(receipt.transactionHash, random),
  })),
  "head:far": ({ method, params }, result) =>
    method === "eth_getBlockByNumber" && params[0] === "latest"
      ? { ...(result as object), number: toHex(99_000_000) }
      : undefined,
  "head:stale": async ({ method, params }, result, { random, ask }) => {
    if (method !== "eth_getBlockByNumber" || params[0] !== "latest") return undefined;
    const number = Number((result as { number: string }).number);
    return ask("eth_getBlockByNumber", toHex(Math.max(number - random.between(1, 90), 0)), false);
  },
  "block:null": ofBlocks(() => null),
  "block:another": ofBlocks(({ parentHash }, _, { ask }) => ask("eth_getBlockByHash", parentHash, false)),
  "block:parent-altered": ofBlocks((block, _, { random }) => ({
    ...block,
    parentHash: altered(block.parentHash, random),
  })),
  "block:hash-altered": ofBlocks((block, _, { random }) => ({ ...block, hash: altered(block.hash, random) })),
  "block:bloom-altered": ofBlocks((block, _, { random }) => ({
    ...block,
    logsBloom: altered(block.logsBloom as string, random),
  })),
  "block:time-altered": ofBlocks((block, _, { random }) => ({
    ...block,
    timestamp: toHex(Number(block.timestamp) + random.pick([-1, 1, 1_000_000])),
  })),
  "block:no-bloom": ofBlocks((block) => ({ ...block, logsBloom: undefined })),
  "call:altered": ({ method }, result, { random }) =>
    method === "eth_call" ? altered(result as string, random) : undefined,
  "call:empty": ({ method }) => (method === "eth_call" ? "0x" : undefined),
} as const satisfies Record<string, Spoil>;

/** Faults of a whole exchange. */
const breaks = [
  "http:reset",
  "http:hang",
  "http:slow",
  "http:500",
  "http:429",
  "http:429-retry-after",
  "http:budget",
  "http:html",
  "http:deep",
  "http:truncated",
  "http:empty",
  "rpc:error",
  "rpc:error-with-500",
  "rpc:throttled",
  "rpc:no-result",
  "batch:other-order",
  "batch:short",
  "batch:one-error",
  "batch:throttled",
] as const;

type Break = (typeof breaks)[number];
type SpoilKind = keyof typeof spoils;

/** What can go wrong with a question to the node. */
export type Fault = Break | SpoilKind;

export const isSpoil = (fault: Fault): fault is SpoilKind => fault in spoils;

const methods: Record<string, string> = {
  logs: "eth_getLogs",
  receipts: "eth_getBlockReceipts",
  head: "eth_getBlockByNumber",
  block: "eth_getBlockByNumber",
  call: "eth_call",
};

/** Whether a kind can do anything to these calls. */
export function concerns(fault: Fault, calls: readonly Call[], single: boolean): boolean {
  const [group = ""] = fault.split(":");
  if (group === "batch") return !single;
  return !(group in methods) || calls.some(({ method }) => method === methods[group]);
}

/** Every kind there is. */
export const allFaults: readonly Fault[] = [...breaks, ...(Object.keys(spoils) as SpoilKind[])];

/** What is sent instead of, or made of, an answer that would have been whole. */
export interface Sent {
  status: number;
  headers: Record<string, string>;
  text: string;
}

const whole = (text: string, status = 200, headers: Record<string, string> = {}): Sent => ({ status, headers, text });

/** Ways to say that there are too many requests. */
const THROTTLED = [
  { code: 429, message: "slow down" },
  { code: -32005, message: "limit exceeded" },
  { code: -32007, message: "50/second request limit reached - reduce calls per second" },
  { code: -32016, message: "over rate limit" },
  { code: 15, message: "Too many request, try again later" },
  { code: -32000, message: "capacity exceeded" },
] as const;

/** How each kind breaks what would have been sent; undefined where it doesn't apply. */
export function broken(fault: Break, answers: readonly object[], single: boolean, random: Random): Sent | undefined {
  const text = JSON.stringify(single ? answers[0] : answers);
  const error = { code: -32000, message: "the simulator refuses" };
  const instead = (value: object) => JSON.stringify(single ? { ...answers[0], result: undefined, ...value } : value);
  switch (fault) {
    case "http:500":
      return whole("upstream failed", random.pick([500, 502, 503, 504]));
    case "http:429":
      return whole("too many requests", 429);
    case "http:429-retry-after":
      return whole("too many requests", 429, { "retry-after": random.pick(["0", "0", "1"]) });
    case "http:budget":
      return broken(random.pick(["http:429", "http:429-retry-after", "rpc:throttled"]), answers, single, random);
    case "http:html":
      return whole("<!doctype html><title>Checking your browser</title>");
    case "http:deep":
      return whole(random.pick(["[", '{"result":', "[{},"]).repeat(200_000));
    case "http:truncated":
      return whole(text.slice(0, random.between(1, text.length - 1)));
    case "http:empty":
      return whole("");
    case "rpc:error":
      return whole(instead({ jsonrpc: "2.0", error }));
    case "rpc:error-with-500":
      return whole(instead({ jsonrpc: "2.0", error }), 500);
    case "rpc:throttled":
      return whole(instead({ jsonrpc: "2.0", error: random.pick(THROTTLED) }), random.pick([200, 200, 400, 429]));
    case "rpc:no-result":
      return whole(instead({ jsonrpc: "2.0" }));
    case "batch:other-order":
      return single ? undefined : whole(JSON.stringify(shuffled(answers, random)));
    case "batch:short":
      return single ? undefined : whole(JSON.stringify(answers.slice(1)));
    case "batch:one-error":
      return single
        ? undefined
        : whole(JSON.stringify([...answers.slice(1), { ...answers[0], result: undefined, error }]));
    case "batch:throttled": {
      if (single) return undefined;
      const refused = random.pick(THROTTLED);
      const first = random.between(0, answers.length - 1);
      const refuse = (each: object, i: number) => (i < first ? each : { ...each, result: undefined, error: refused });
      return whole(JSON.stringify(answers.map(refuse)));
    }
    default:
      return whole(text);
  }
}
