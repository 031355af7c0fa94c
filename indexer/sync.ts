import { setTimeout as sleep } from "node:timers/promises";
import { MalformedLog } from "./decode/events.ts";
import { IntegrityError } from "./fold/integrity.ts";
import { readFinalized, readFollowed, readHeader } from "./ingest/blocks.ts";
import { FatalError, RpcError } from "./ingest/errors.ts";
import { StorageError } from "./store/sqlite/storage.ts";
import { readFinalBlocks, readNewBlocks } from "./sync/append.ts";
import { compareLedgers } from "./sync/compare.ts";
import { checkGenesis } from "./sync/genesis.ts";
import { progressOf, rollback, type SyncParts } from "./sync/parts.ts";
import { DeepReorg, startOver, undoReorg, wayOut } from "./sync/reorg.ts";

const LONGEST_PAUSE = 60_000;
/** A backend of a load balancer may be on a fork of its own: what was final is given up only if it stays away. */
const DEEP_REORGS_BELIEVED = 5;

/** Follows the chain until the signal aborts. Throws {@link FatalError} when no retry would help. */
export async function follow(parts: SyncParts): Promise<void> {
  const { signal, status } = parts;
  let failures = 0;
  let deepReorgs = 0;
  for (let started = false; !signal.aborted; ) {
    try {
      started = started || (await start(parts));
      await round(parts);
      failures = 0;
      deepReorgs = 0;
      status.failure = undefined;
      status.inconsistent = false;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      if (error instanceof DeepReorg && ++deepReorgs === DEEP_REORGS_BELIEVED) throw await wayOut(parts, error);
      takeNote(parts, error);
    }
    const pause = Math.min(parts.pollInterval * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE);
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/** Records a failed round; throws errors that no retry would fix. */
function takeNote(parts: SyncParts, error: unknown): void {
  const { chain, rpc, status, warn } = parts;
  const ofNodes = error instanceof RpcError || error instanceof MalformedLog;
  const ofEvents = error instanceof IntegrityError;
  if (!ofNodes && !ofEvents && !(error instanceof StorageError)) throw error;
  status.failure = error.message;
  status.inconsistent = ofEvents;
  if (ofNodes || ofEvents) rpc.rotate();
  warn(`At block ${chain.progress()?.cursor.number ?? "none"}: ${error.message}`);
}

async function start(parts: SyncParts): Promise<true> {
  checkGenesis(parts, (await readFollowed(parts.rpc, 0)).hash);
  if (!parts.chain.progress()) await startOver(parts);
  return true;
}

/**
 * One round. Contradictory answers are requested again from another node, then read again from the last block that was
 * verified.
 */
async function round(parts: SyncParts): Promise<void> {
  for (const remedy of [askAgain, readAgain])
    try {
      return await advance(parts);
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      parts.rpc.rotate();
      remedy(parts, error);
    }
  await advance(parts);
}

const askAgain = (parts: SyncParts, error: Error): void => parts.warn(`${error.message} Asking again.`);

function readAgain(parts: SyncParts, error: Error): void {
  const { verified } = progressOf(parts);
  parts.warn(`${error.message} Reading again from block ${verified.number + 1}.`);
  rollback(parts, verified.number);
}

async function advance(parts: SyncParts): Promise<void> {
  const { rpc, chain, status } = parts;
  for (;;) {
    const head = await readHeader(rpc, "latest");
    status.headBlock = head.number;
    await undoReorg(parts, head);
    const finalized = await readFinalized(rpc, head.number, parts.finality);
    // The head has moved while a long chain was read.
    if (progressOf(parts).cursor.number < finalized) {
      await readFinalBlocks(parts, head, finalized);
      continue;
    }
    await readNewBlocks(parts, head, finalized);
    chain.complete();
    await compareLedgers(parts);
    status.caughtUpAt = Date.now();
    status.progressAt = Date.now();
    return;
  }
}
