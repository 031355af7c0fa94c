import { setTimeout as sleep } from "node:timers/promises";
import type { Hex } from "viem";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { type Header, isRefusedBlock, readFollowed } from "../ingest/blocks.ts";
import type { Endpoint } from "../ingest/endpoint.ts";
import { FatalError, RpcError } from "../ingest/errors.ts";
import { toQuantity } from "../ingest/fields.ts";
import type { Rpc } from "../ingest/rpc.ts";
import { onceThere, type Soon } from "../store/eventual.ts";
import { readNewBlocks } from "./append.ts";
import type { SyncContext } from "./context.ts";

/** Checks that the database is of the node's chain, and starts one in which no block is read yet. */
export async function start(context: SyncContext): Promise<void> {
  const { writer, startBlock } = context;
  const genesis = await readGenesis(context);
  if (genesis !== undefined) await checkGenesis(context, genesis);
  const progress = await writer.progress();
  if (!progress || progress.cursor.number < startBlock) await startOver(context);
}

/**
 * How often, with pauses, nodes must say that they have no block 0 before a new database does without; and how often some
 * must say that it is another than the database's before they are believed, while the rest don't say.
 */
const TRIES = 5;

/**
 * Hash of block 0: the database's if any node has it, whatever others say; undefined where the nodes have dropped it, as
 * history before some block often is (EIP-4444).
 */
async function readGenesis({ rpc, writer, pollInterval, signal, warn }: SyncContext): Promise<Hex | undefined> {
  const known = await writer.genesis();
  const isKnown = known !== undefined;
  for (let tries = 1; ; tries++) {
    const others = new Map<Endpoint, Hex>();
    try {
      const { hash } = await readFollowed(rpc, 0, (header, node) => {
        if (!isKnown || header.hash === known) return;
        others.set(node, header.hash);
        throw new RpcError(`The node's genesis block is ${header.hash}, but the database's is ${known}.`);
      });
      for (const [{ name }, other] of others)
        warn(`${name} has genesis block ${other}, but another node has ${hash}, the database's.`);
      return hash;
    } catch (error) {
      const [other] = others.values();
      if (other !== undefined && (others.size === rpc.size || tries === TRIES)) return other;
      if (other === undefined) {
        if (!(await isDropped(rpc, 0, error))) throw error;
        if (isKnown || tries === TRIES) break;
      }
      await sleep(tries * pollInterval, undefined, { signal });
    }
  }
  const way = isKnown
    ? "whether the chain is still the database's, only its later blocks tell"
    : "the chain is known by its id only";
  warn(`No node has block 0 any more: ${way}.`);
  return undefined;
}

/** Remembers the chain by its genesis block. The database of another chain is refused, or emptied where `wipe` is set. */
async function checkGenesis({ writer, wipe, warn }: SyncContext, hash: Hex): Promise<void> {
  const known = await writer.genesis();
  if (known === hash) return;
  if (known !== undefined) {
    const difference = `The database is of the chain with genesis block ${known}, but the node's is ${hash}.`;
    if (!wipe) throw new FatalError(`${difference} Give another --db, or --wipe to index anew.`);
    warn(`${difference} It is emptied.`);
    await writer.wipe();
  }
  await writer.setGenesis(hash);
}

/** Starts after the block before the deployment's first. */
export async function startOver(context: SyncContext): Promise<void> {
  const { rpc, startBlock } = context;
  const before = Math.max(startBlock - 1, 0);
  try {
    await startAfter(context, await readFollowed(rpc, before));
  } catch (error) {
    if (startBlock === 0 || !(await isDropped(rpc, before, error))) throw error;
    await startAt(context);
  }
}

/** Starts with the deployment's first block, which is read at once: no node can confirm the one before. */
async function startAt(context: SyncContext): Promise<void> {
  const first = await readFollowed(context.rpc, context.startBlock);
  const { number, parentHash, timestamp } = first;
  await startAfter(context, { number: number - 1, hash: parentHash, parentHash: ZERO_HASH, timestamp });
  await readNewBlocks(context, first, 0);
}

const startAfter = async (context: SyncContext, block: Header): Promise<void> =>
  onceThere(context.writer.start(block), () => announceReorg(context, block));

/** To be called right after a transaction that left this block as the last one. */
export const announceReorg = ({ decoder, methods, announce }: SyncContext, cursor: Header): Soon<void> =>
  onceThere(methods(), (followed) => {
    decoder.follow(followed);
    announce({ kind: "reorganised", cursor, from: cursor.number + 1 });
  });

/** Whether a block can't be read because every node says that it has none. */
export async function isDropped(rpc: Rpc, blockNumber: number, error: unknown): Promise<boolean> {
  if (!(error instanceof RpcError)) return false;
  const asked = rpc.any(async (node) => {
    const block = await node.call("eth_getBlockByNumber", [toQuantity(blockNumber), false]);
    if (block === null) throw new RpcError(`The node has no block ${blockNumber}.`, "refused");
  });
  return asked.then(
    () => false,
    (failure) => failure instanceof RpcError && isRefusedBlock(failure),
  );
}
