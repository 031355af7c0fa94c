import { setTimeout as sleep } from "node:timers/promises";
import type { Hex, PublicClient } from "viem";
import { sentenceOf } from "../sdk/errors.ts";

/** The newest block of a chain. */
export interface Head {
  number: bigint;
  hash: Hex;
  parentHash: Hex;
  /** Block time, unix seconds. */
  timestamp: bigint;
  /** Wei for each gas; null on a chain without EIP-1559. */
  baseFeePerGas: bigint | null;
}

/** Reports new blocks to everybody in this process, with one request for all. */
export interface Heads {
  readonly latest: Head;
  /** Calls `listener` with every new head from now on; the returned function stops that. */
  onHead(listener: (head: Head) => void): () => void;
  /** The next new head; rejects when the heads are no longer followed. */
  next(): Promise<Head>;
}

/** Reports to a person what happens, one sentence at a time. */
export type Report = (sentence: string) => void;

export interface FollowOptions {
  /** Ends the following. */
  signal: AbortSignal;
  report: Report;
  /** Milliseconds between two looks; defaults to 400. */
  pollMs?: number;
}

/**
 * Follows the chain's head until `signal` aborts. Throws if the RPC can't be reached at first; later it reports that and
 * tries again.
 */
export async function followHeads(rpc: PublicClient, options: FollowOptions): Promise<Heads> {
  const { signal, report, pollMs = 400 } = options;
  const listeners = new Set<(head: Head) => void>();
  let latest = await readHead(rpc);

  const follow = async (): Promise<void> => {
    let lost = false;
    while (!signal.aborted) {
      await sleep(pollMs, undefined, { signal });
      try {
        const head = await readHead(rpc);
        if (lost) report("The RPC answers again.");
        lost = false;
        if (head.hash === latest.hash) continue;
        latest = head;
        for (const listener of [...listeners]) listener(head);
      } catch (error) {
        if (!lost && !signal.aborted) report(`${sentenceOf(error)} Trying again until it can.`);
        lost = true;
      }
    }
  };
  follow().catch(() => listeners.clear());

  const onHead = (listener: (head: Head) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get latest() {
      return latest;
    },
    onHead,
    next: () =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const done = () => {
          stop();
          signal.removeEventListener("abort", aborted);
        };
        const aborted = () => {
          done();
          reject(signal.reason);
        };
        const stop = onHead((head) => {
          done();
          resolve(head);
        });
        signal.addEventListener("abort", aborted);
      }),
  };
}

async function readHead(rpc: PublicClient): Promise<Head> {
  const { number, hash, parentHash, timestamp, baseFeePerGas } = await rpc.getBlock({ blockTag: "latest" });
  return { number, hash, parentHash, timestamp, baseFeePerGas };
}
