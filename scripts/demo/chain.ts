import { setTimeout as sleep } from "node:timers/promises";
import hre from "hardhat";
import { createPublicClient, http, numberToHex, type Transport } from "viem";
import type { Models } from "../../inference/models.ts";
import { ACCOUNT_COUNT } from "./accounts.ts";

/** Milliseconds between two of the demo's blocks at the least. */
const BLOCK_MS = 1_000;
/** Milliseconds that a block waits for work at the most, by default: nobody can stop the chain. */
const LONGEST_WORK = 10_000;
/** Milliseconds between two looks whether work is done. */
const LOOK_MS = 20;
/** Seconds that the chain's clock moves in a block at the most. */
const LONGEST_STEP = 2;
/** Milliseconds that the chain's clients have to leave it. */
const LONGEST_CLOSING = 2_000;

/** The participants' requests to the chain and runs of models that are under way. */
export interface Work {
  readonly isDone: boolean;
  /** The transport, its requests counted as work. */
  transport(transport: Transport): Transport;
  /** The models, their runs counted as work. */
  models(models: Models): Models;
}

/** Counts what goes through the transports and models that it is given. */
export function countWork(): Work {
  let pending = 0;
  const count = async <T>(work: Promise<T>): Promise<T> => {
    pending += 1;
    try {
      return await work;
    } finally {
      pending -= 1;
    }
  };
  return {
    get isDone() {
      return pending === 0;
    },
    transport: (transport) => (options) => {
      const made = transport(options);
      const request: typeof made.request = (...args) => count(made.request(...args)) as never;
      return { ...made, request };
    },
    models: (models) => ({
      async open(modelId) {
        const model = await count(models.open(modelId));
        return { ...model, session: { run: (...args) => count(model.session.run(...args)) } };
      },
    }),
  };
}

/** A local chain that runs. */
export interface LocalChain {
  /** Of its JSON-RPC, without a slash at the end. */
  url: string;
  /** Settles when no more blocks are mined: rejects when they can't be. */
  mining: Promise<void>;
}

/**
 * Runs a local chain of a block a second whose next block waits for `work`, for ten seconds at most: on a slow machine the
 * chain is slow, so that participants aren't late because of the machine. After a wait its clock catches up with the
 * world's, step by step.
 */
export async function startChain(
  port: number,
  work: Pick<Work, "isDone">,
  onEnd: (close: () => unknown) => void,
): Promise<LocalChain> {
  const server = await hre.network.createServer(
    { override: { mining: { auto: false, interval: 0 }, accounts: { count: ACCOUNT_COUNT } } },
    "127.0.0.1",
    port,
  );
  await server.listen();
  // The server waits for connections that are kept busy, as by an open page: for ever, if nobody else ends.
  onEnd(() => Promise.race([server.close(), sleep(LONGEST_CLOSING, undefined, { ref: false })]));
  const url = `http://127.0.0.1:${port}`;
  const ending = new AbortController();
  const mining = mineBlocks(url, work, { blockMs: BLOCK_MS, signal: ending.signal, timestampOf: nextTimestamp });
  onEnd(() => {
    ending.abort();
    return mining.catch(() => {});
  });
  return { url, mining };
}

/** When blocks are mined. */
export interface MiningOptions {
  /** Milliseconds between two blocks at the least. */
  blockMs: number;
  /** Milliseconds that a block waits for work at the most; defaults to 10,000. */
  longestWork?: number;
  /** Ends the mining. */
  signal: AbortSignal;
  /** Unix seconds of the block after one of `last`, when the world's clock says `now`; by default the node decides. */
  timestampOf?: (last: bigint, now: bigint) => bigint;
}

/** Mines blocks of a Hardhat chain until the signal, each when the work that was due is done. */
export async function mineBlocks(
  url: string,
  work: Pick<Work, "isDone">,
  { blockMs, longestWork = LONGEST_WORK, signal, timestampOf }: MiningOptions,
): Promise<void> {
  const rpc = createPublicClient({ transport: http(url) });
  const nextAt = async (): Promise<bigint | undefined> => {
    const now = BigInt(Math.floor(Date.now() / 1_000));
    return timestampOf?.((await rpc.getBlock()).timestamp, now);
  };
  while (!signal.aborted) {
    const began = performance.now();
    const elapsed = () => performance.now() - began;
    do await sleep(elapsed() < blockMs ? blockMs - elapsed() : LOOK_MS);
    while (!signal.aborted && !work.isDone && elapsed() < longestWork);
    if (signal.aborted) return;
    const at = await nextAt();
    await rpc.request({ method: "evm_mine", params: at === undefined ? [] : [numberToHex(at)] } as never);
  }
}

/** Unix seconds of the block after one of `last`, when the world's clock says `now`. */
export function nextTimestamp(last: bigint, now: bigint): bigint {
  if (now <= last) return last + 1n;
  const most = last + BigInt(LONGEST_STEP);
  return now < most ? now : most;
}
