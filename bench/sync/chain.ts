import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import {
  type Address,
  concatHex,
  createTestClient,
  encodeFunctionData,
  encodeFunctionResult,
  type Hex,
  http,
  numberToHex,
  parseAbi,
  size,
} from "viem";
import { campaignAbi } from "../../sdk/abi.ts";
import { deployment } from "./deployment.ts";
import type { LedgerState, ScriptedLog } from "./ledger-script.ts";

/** A node with a chain of events on it. */
export interface Chain {
  url: string;
  /** Number of the last block. */
  head: number;
  stop(): Promise<void>;
}

const anvil = fileURLToPath(new URL("../../node_modules/.bin/anvil", import.meta.url));
const artifact = new URL("../../artifacts/contracts/mocks/Replayer.sol/Replayer.json", import.meta.url);
const replayer = parseAbi(["function prime(bytes query, bytes answer)", "function replay(bytes logs)"]);

const GAS = 2n ** 24n;
/** As real ones have one to three. */
const LOGS_PER_TRANSACTION = 2;
/** Logs in an answer: viem takes no more than 10 MiB. */
const LOGS_AT_ONCE = 5_000;

/** How to lay out logs in blocks. */
export interface Layout {
  /** Logs in each block. */
  perBlock: number;
  /** Time of block 1, in unix seconds. */
  startsAt: number;
  /** Seconds from block to block. */
  pause: number;
  signal: AbortSignal;
}

/** Starts anvil and mines the logs. At every block `seasonCount` and `ledgerOf` answer as the logs up to there have it. */
export async function buildChain(logs: readonly ScriptedLog[], layout: Layout): Promise<Chain> {
  const { perBlock, startsAt, pause, signal } = layout;
  const { url, stop } = await startAnvil(startsAt - pause);
  try {
    const client = createTestClient({ mode: "anvil", transport: http(url, { timeout: 60_000, batch: true }) });
    const request = (method: string, ...params: unknown[]) =>
      client.request({ method: method as never, params: params as never }) as Promise<unknown>;
    const { deployedBytecode } = JSON.parse(await readFile(artifact, "utf8")) as { deployedBytecode: Hex };
    for (const { address } of Object.values(deployment.contracts))
      await request("anvil_setCode", address, deployedBytecode);
    await request("anvil_setBlockTimestampInterval", pause);
    const [from] = (await request("eth_accounts")) as [Address];
    const { address: campaign } = deployment.contracts.Campaign;

    let nonce = 0;
    const send = (data: Hex) =>
      request("eth_sendTransaction", { from, to: campaign, data, gas: numberToHex(GAS), nonce: numberToHex(nonce++) });
    for (let at = 0; at < logs.length; at += perBlock) {
      signal.throwIfAborted();
      const block = logs.slice(at, at + perBlock);
      const parts = Array.from({ length: Math.ceil(block.length / LOGS_PER_TRANSACTION) }, (_, i) =>
        replay(block.slice(i * LOGS_PER_TRANSACTION, (i + 1) * LOGS_PER_TRANSACTION)),
      );
      const answers = [...(at === 0 ? [seasonCount()] : []), ledgerOf((block.at(-1) as ScriptedLog).ledger)];
      // The logs come last: a transaction without any after them would be unlike a real one here.
      await Promise.all([...answers.map(([query, answer]) => prime(query, answer)), ...parts].map(send));
      await request("evm_mine");
    }
    await checkChain(request, logs.length, perBlock);
    return { url, head: Math.ceil(logs.length / perBlock), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAnvil(timestamp: number): Promise<{ url: string; stop(): Promise<void> }> {
  const options = [
    "--port",
    "0",
    "--no-mining",
    "--no-request-size-limit",
    "--timestamp",
    `${timestamp}`,
    "--gas-limit",
    `${100n * GAS}`,
  ];
  const child = spawn(anvil, [...options, "--order", "fifo"], { stdio: ["ignore", "pipe", "inherit"] });
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // SIGTERM: npm's launcher hands it on to the node, which a SIGKILL would leave behind.
    child.kill("SIGTERM");
    await once(child, "close");
  };
  return { url: await listening(child), stop };
}

async function listening(child: ChildProcess): Promise<string> {
  const output = child.stdout as NonNullable<typeof child.stdout>;
  for await (const line of createInterface({ input: output })) {
    const found = /^Listening on (.*)$/.exec(line);
    if (!found) continue;
    output.resume();
    return `http://${found[1]}`;
  }
  throw new Error("anvil ended before it listened.");
}

/** Every event is on the chain: a transaction that failed would have left some out. */
async function checkChain(
  request: (method: string, ...params: unknown[]) => Promise<unknown>,
  events: number,
  perBlock: number,
) {
  const [head, last] = [Math.ceil(events / perBlock), Number(await request("eth_blockNumber"))];
  const span = Math.ceil(LOGS_AT_ONCE / perBlock);
  let found = 0;
  for (let from = 0; from <= last; from += span) {
    const range = { fromBlock: numberToHex(from), toBlock: numberToHex(Math.min(from + span - 1, last)) };
    found += ((await request("eth_getLogs", range)) as unknown[]).length;
  }
  if (found !== events || last !== head)
    throw new Error(`The chain has ${found} events in ${last} blocks; ${events} in ${head} were asked for.`);
}

const replay = (block: readonly ScriptedLog[]): Hex =>
  encodeFunctionData({
    abi: replayer,
    functionName: "replay",
    args: [
      concatHex(
        block.flatMap(({ log: { address, topics, data } }) => [
          ...[address, numberToHex(topics.length, { size: 1 }), ...topics],
          ...[numberToHex(size(data), { size: 4 }), data],
        ]),
      ),
    ],
  });

const prime = (query: Hex, answer: Hex): Hex =>
  encodeFunctionData({ abi: replayer, functionName: "prime", args: [query, answer] });

const seasonCount = (): [Hex, Hex] => [
  encodeFunctionData({ abi: campaignAbi, functionName: "seasonCount" }),
  encodeFunctionResult({ abi: campaignAbi, functionName: "seasonCount", result: 1n }),
];

const ledgerOf = ({ seq, participants, totalPoints, ledgerHash }: LedgerState): [Hex, Hex] => [
  encodeFunctionData({ abi: campaignAbi, functionName: "ledgerOf", args: [1n] }),
  encodeFunctionResult({
    abi: campaignAbi,
    functionName: "ledgerOf",
    result: [seq, participants, totalPoints, ledgerHash],
  }),
];
