import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeFunctionData, encodeFunctionResult, type Hex, keccak256, stringToHex, toHex } from "viem";
import { bondsAbi, campaignAbi } from "../../sdk/abi.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { Chapter, Emitted, Ledger } from "./story.ts";

/** A block of the simulated chain. */
export interface Block {
  number: number;
  hash: Hex;
  parentHash: Hex;
  timestamp: number;
  logs: Emitted[];
  logsBloom: Hex;
  ledgers: Map<bigint, Ledger>;
}

/** Blocks 0 and 1 are empty; the chapters follow. */
export function chainOf(chapters: readonly Chapter[], salt = "", forkAt = Number.POSITIVE_INFINITY): Block[] {
  const empty: Chapter = { logs: [], ledgers: new Map() };
  const blocks: Block[] = [];
  for (const [number, { logs, ledgers }] of [empty, empty, ...chapters].entries()) {
    const parentHash = blocks.at(-1)?.hash ?? ZERO_HASH;
    const content = JSON.stringify([number, parentHash, logs, number >= forkAt ? salt : ""]);
    const hash: Hex = `0x${createHash("sha256").update(content).digest("hex")}`;
    blocks.push({ number, parentHash, hash, timestamp: 1000 + number, logs, logsBloom: bloomOf(logs), ledgers });
  }
  return blocks;
}

/** The header's filter of a block's logs, as the Yellow Paper has it: three of 2048 bits for each address and topic. */
export function bloomOf(logs: readonly Emitted[]): Hex {
  const bytes = new Uint8Array(256);
  for (const value of new Set(logs.flatMap(({ address, topics }) => [address, ...topics]))) {
    const hash = hashOf(value);
    for (const i of [0, 2, 4]) {
      const bit = (((hash[i] as number) << 8) | (hash[i + 1] as number)) & 2047;
      bytes[255 - (bit >> 3)] = (bytes[255 - (bit >> 3)] as number) | (1 << (bit & 7));
    }
  }
  return toHex(bytes);
}

const hashes = new Map<Hex, Uint8Array>();
function hashOf(value: Hex): Uint8Array {
  const known = hashes.get(value) ?? keccak256(value, "bytes");
  hashes.set(value, known);
  return known;
}

type Params = readonly unknown[];

/** What to do instead of answering honestly: a result to give, or a way to fail. */
type Fault = { result: unknown } | { status: number; body: string } | "hang" | undefined;

/** A node of a simulated chain, whose answers a test can falsify. */
export interface FakeNode {
  url: string;
  /** What the node serves; replace it to grow or reorganise the chain. */
  blocks: Block[];
  finalized: number;
  chainId: number;
  /** Milliseconds before the head is told. */
  delay: number;
  /** Asked before every answer, with the honest result. */
  fault: (method: string, params: Params, honest: unknown) => Fault;
  requests: { method: string; params: Params }[];
  close(): Promise<void>;
}

interface Call {
  id: unknown;
  method: string;
  params: Params;
}

export async function startNode(blocks: Block[], port = 0): Promise<FakeNode> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const asked = JSON.parse(text) as Call | Call[];
    const calls = Array.isArray(asked) ? asked : [asked];
    node.requests.push(...calls.map(({ method, params }) => ({ method, params })));
    if (node.delay > 0 && calls.some(({ params: [tag] }) => tag === "latest")) await sleep(node.delay);
    const answers = calls.map(respond);
    const failure = answers.find((answer) => answer === "hang" || "status" in answer);
    if (failure === "hang") return;
    if (failure && "status" in failure) return response.writeHead(failure.status).end(failure.body);
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
  });

  function respond({ id, method, params }: Call): NonNullable<Fault> | { jsonrpc: string; id: unknown } {
    let honest: unknown;
    let error: Error | undefined;
    try {
      honest = answer(node, method, params);
    } catch (thrown) {
      error = thrown as Error;
    }
    const fault = node.fault(method, params, honest);
    if (fault === "hang" || (fault && "status" in fault)) return fault;
    const body = fault ?? (error ? { error: { code: -32000, message: error.message } } : { result: honest });
    return { jsonrpc: "2.0", id, ...body };
  }

  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const node: FakeNode = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    blocks,
    finalized: 0,
    chainId: 31337,
    delay: 0,
    fault: () => undefined,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return node;
}

function answer(node: FakeNode, method: string, params: Params): unknown {
  const { blocks } = node;
  const [first, second] = params as [never, never];
  if (method === "eth_chainId") return toHex(node.chainId);
  if (method === "eth_getBlockByNumber") {
    const tag = first as string;
    const block = tag === "latest" ? blocks.at(-1) : blocks[tag === "finalized" ? node.finalized : Number(tag)];
    return block ? headerJson(block) : null;
  }
  if (method === "eth_getBlockByHash") {
    const block = blocks.find(({ hash }) => hash === first);
    return block ? headerJson(block) : null;
  }
  if (method === "eth_getLogs") return logsJson(blocks, first);
  if (method === "eth_getTransactionReceipt") return receiptOf(blocks, first);
  if (method === "eth_getBalance") return "0xb";
  if (method === "eth_call") return call(blocks, first, second);
  throw new Error(`the method ${method} does not exist`);
}

/** A block's header as JSON-RPC has it. */
export const headerJson = ({ number, hash, parentHash, timestamp, logsBloom, logs }: Block) => ({
  ...{ number: toHex(number), hash, parentHash, timestamp: toHex(timestamp), logsBloom },
  transactions: logs.map((_, logIndex) => transactionOf(hash, logIndex)),
});

// Each log is of a transaction of its own.
const transactionOf = (blockHash: Hex, logIndex: number): Hex => keccak256(stringToHex(`${blockHash} ${logIndex}`));

/** What a simulated transaction used. */
const gasOf = (hash: string): number => 21_000 + (Number.parseInt(hash.slice(2, 8), 16) % 100_000);

const sent = new WeakMap<readonly Block[], ReadonlySet<Hex>>();

function receiptOf(blocks: readonly Block[], hash: Hex): unknown {
  const hashes =
    sent.get(blocks) ?? new Set(blocks.flatMap((block) => block.logs.map((_, i) => transactionOf(block.hash, i))));
  sent.set(blocks, hashes);
  return hashes.has(hash) ? { transactionHash: hash, gasUsed: toHex(gasOf(hash)) } : null;
}

function logsJson(
  blocks: readonly Block[],
  filter: { address?: string[]; topics?: string[][]; blockHash?: string; fromBlock?: string; toBlock?: string },
): unknown[] {
  const asked = filter.blockHash
    ? blocks.filter(({ hash }) => hash === filter.blockHash)
    : blocks.filter(({ number }) => number >= Number(filter.fromBlock) && number <= Number(filter.toBlock));
  if (filter.blockHash && asked.length === 0) throw new Error("unknown block");
  return asked.flatMap((block) =>
    block.logs.flatMap(({ address, topics, data }, logIndex) =>
      (filter.address?.includes(address) ?? true) && (filter.topics?.[0]?.includes(topics[0] as string) ?? true)
        ? [
            {
              ...{ address, topics, data, blockNumber: toHex(block.number), blockHash: block.hash },
              ...{ transactionHash: transactionOf(block.hash, logIndex), logIndex: toHex(logIndex) },
              ...{ blockTimestamp: toHex(block.timestamp), removed: false },
            },
          ]
        : [],
    ),
  );
}

/** What every account has with every holder. */
export const BOND = { free: 5n, locked: 3n, unbonding: 2n, withdrawableAt: 900n };

function call(blocks: readonly Block[], { data }: { data: Hex }, at: { blockHash: Hex }): Hex {
  const block = blocks.find(({ hash }) => hash === at.blockHash);
  if (!block) throw new Error("header not found");
  const { functionName, args } = decodeFunctionData({ abi: [...campaignAbi, ...bondsAbi], data });
  if (functionName === "claimableOf") return encodeFunctionResult({ abi: bondsAbi, functionName, result: 7n });
  if (functionName === "bondOf") return encodeFunctionResult({ abi: bondsAbi, functionName, result: BOND });
  if (functionName === "entryOf") return encodeFunctionResult({ abi: campaignAbi, functionName, result: [0n, 9n, 4n] });
  if (functionName === "seasonCount")
    return encodeFunctionResult({ abi: campaignAbi, functionName, result: BigInt(block.ledgers.size) });
  if (functionName !== "ledgerOf") throw new Error(`${functionName} is not simulated`);
  const ledger = block.ledgers.get(args[0]);
  return encodeFunctionResult({
    abi: campaignAbi,
    functionName,
    result: [ledger?.seq ?? 0n, ledger?.participants ?? 0, ledger?.totalPoints ?? 0n, ledger?.ledgerHash ?? ZERO_HASH],
  });
}
