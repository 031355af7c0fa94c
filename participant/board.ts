import type { Log } from "viem";
import type { Client } from "../sdk/client.ts";
import { sentenceOf } from "../sdk/errors.ts";
import { readRanges } from "../sdk/ranges.ts";
import { type FollowOptions, followHeads, type Head, type Heads } from "./heads.ts";
import { foldLogs, type View } from "./view.ts";

/** A deployment's state, kept up to date once a block for all who act in this process. */
export interface Board {
  readonly client: Client;
  readonly heads: Heads;
  readonly view: View;
  /**
   * Calls `listener` whenever a new block is folded, and tells whether blocks before it were reorganised; the function
   * returned ends that.
   */
  onView(listener: (view: View, reorganised: boolean) => void): () => void;
}

/** How far back the chain is read again when its blocks change. */
const REORG_DEPTH = 64n;

/** Reads a deployment's events from its first block on and follows them until the signal. */
export async function followBoard(client: Client, options: FollowOptions): Promise<Board> {
  const { signal, report } = options;
  const heads = await followHeads(client.rpc, options);
  const listeners = new Set<(view: View, reorganised: boolean) => void>();
  const start = BigInt(client.deployment.startBlock);
  let logs: Log<bigint, number, false>[] = [];
  let tasks: Parameters<typeof foldLogs>[1] = new Map();
  let view: View = { head: heads.latest, seasons: new Map(), attestations: new Map(), claims: new Map() };

  const advance = async (from: bigint, head: Head): Promise<void> => {
    const found = await readLogs(client, from, head.number);
    logs.push(...found);
    foldLogs(view, tasks, found);
    view.head = head;
  };

  const rewind = async (head: Head): Promise<void> => {
    const from = view.head.number > start + REORG_DEPTH ? view.head.number - REORG_DEPTH : start;
    const found = await readLogs(client, from, head.number);
    logs = [...logs.filter(({ blockNumber }) => blockNumber < from), ...found];
    tasks = new Map();
    view = { head, seasons: new Map(), attestations: new Map(), claims: new Map() };
    foldLogs(view, tasks, logs);
  };

  const isReorganised = async (head: Head): Promise<boolean> => {
    const { number, hash } = view.head;
    if (head.number === number + 1n) return head.parentHash !== hash;
    if (head.number <= number) return head.hash !== hash;
    return (await client.rpc.getBlock({ blockNumber: number })).hash !== hash;
  };

  await advance(start, heads.latest);
  let following = false;
  heads.onHead(async () => {
    if (following) return;
    following = true;
    try {
      while (view.head.hash !== heads.latest.hash && !signal.aborted) {
        const head = heads.latest;
        const reorganised = await isReorganised(head);
        await (reorganised ? rewind(head) : advance(view.head.number + 1n, head));
        for (const listener of [...listeners]) listener(view, reorganised);
      }
    } catch (error) {
      // The next head tries again; heads report an RPC that is gone.
      if (!signal.aborted) report(`Events of block ${heads.latest.number} couldn't be read: ${sentenceOf(error)}`);
    } finally {
      following = false;
    }
  });

  return {
    client,
    heads,
    get view() {
      return view;
    },
    onView(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function readLogs({ contracts, rpc }: Client, from: bigint, to: bigint): Promise<Log<bigint, number, false>[]> {
  const { attestationRegistry, campaign, quorum, fraudProof } = contracts;
  const address = [attestationRegistry, campaign, quorum, ...(fraudProof ? [fraudProof] : [])].map(
    (each) => each.address,
  );
  return readRanges(from, to, (fromBlock, toBlock) => rpc.getLogs({ address, fromBlock, toBlock }));
}
