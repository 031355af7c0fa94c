import { setTimeout as sleep } from "node:timers/promises";
import { MalformedLog } from "./decode/events.ts";
import { IntegrityError } from "./fold/step.ts";
import { areSealed, confirmHead } from "./ingest/blocks.ts";
import { FatalError, RpcError } from "./ingest/errors.ts";
import { StorageError } from "./store/store.ts";
import { readFinalBlocks, readNewBlocks } from "./sync/append.ts";
import { compareLedgers } from "./sync/compare.ts";
import { progressOf, type SyncContext } from "./sync/context.ts";
import { DeepReorg, rollback, undoReorg, wayOut } from "./sync/reorg.ts";
import { recheckCursor } from "./sync/repair.ts";
import { start } from "./sync/start.ts";
import { compareLater } from "./sync/uncompared.ts";

const LONGEST_PAUSE = 60_000;
/** A node behind a load balancer may be on its own fork: a final block is given up only if it stays missing. */
const DEEP_REORGS_BELIEVED = 5;

/** Follows the chain until the signal aborts. Throws {@link FatalError} when no retry would help. */
export async function follow(context: SyncContext): Promise<void> {
  const { signal, status } = context;
  let failures = 0;
  let deepReorgs = 0;
  for (let started = false; !signal.aborted; ) {
    try {
      if (!started) {
        await begin(context);
      }
      started = true;
      if (failures > 0) await recheckCursor(context);
      await round(context);
      failures = 0;
      deepReorgs = 0;
      status.failure = undefined;
      status.inconsistent = false;
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      context.heads.doubt();
      if (error instanceof DeepReorg && ++deepReorgs === DEEP_REORGS_BELIEVED) throw await wayOut(context, error);
      await reportFailure(context, error);
    }
    const pause = Math.min(context.pollInterval * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE);
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

/**
 * Starts, and finds out whether this chain's headers can be checked by their hashes. They are from then on; but where the
 * first blocks can't be read so, it is found out again.
 */
async function begin(context: SyncContext): Promise<void> {
  const { rpc, startBlock, warn } = context;
  if (rpc.checks.seals !== "unknown") return start(context);
  rpc.checks.seals = (await areSealed(rpc, startBlock)) ? "required" : "off";
  try {
    await start(context);
  } catch (error) {
    rpc.checks.seals = "unknown";
    throw error;
  }
  if (rpc.checks.seals === "off")
    warn(
      "This chain's headers have a form that isn't known here: times, and what no ledger covers, are believed as told.",
    );
}

/** Reports a failed round; throws what another round wouldn't repair. */
async function reportFailure(context: SyncContext, error: unknown): Promise<void> {
  const { writer, rpc, status, warn } = context;
  const ofNodes = error instanceof RpcError || error instanceof MalformedLog;
  const ofEvents = error instanceof IntegrityError;
  if (!ofNodes && !ofEvents && !(error instanceof StorageError)) throw error;
  status.failure = error.message;
  status.inconsistent = ofEvents;
  if (ofNodes || ofEvents) rpc.rotate();
  const at = await Promise.resolve(writer.progress()).catch(() => undefined);
  warn(`At block ${at?.cursor.number ?? "none"}: ${error.message}`);
}

/**
 * One round. Contradictory answers are requested again from another node, then read again from the last block that was
 * verified.
 */
async function round(context: SyncContext): Promise<void> {
  for (const remedy of [askAgain, readAgain])
    try {
      return await advance(context);
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error;
      context.rpc.rotate();
      context.heads.doubt();
      await remedy(context, error);
    }
  await advance(context);
}

const askAgain = async (context: SyncContext, error: Error): Promise<void> =>
  context.warn(`${error.message} Asking again.`);

async function readAgain(context: SyncContext, error: Error): Promise<void> {
  const { verified } = await progressOf(context);
  context.warn(`${error.message} Reading again from block ${verified.number + 1}.`);
  await rollback(context, verified.number);
}

async function advance(context: SyncContext): Promise<void> {
  const { rpc, heads, finality, writer, status } = context;
  for (;;) {
    const head = await heads.read();
    await undoReorg(context, head);
    const finalized = await finality.read(head.number);
    const isFar = (await progressOf(context)).cursor.number < finalized;
    if (isFar) await confirmHead(rpc, head, finalized);
    status.headBlock = head.number;
    // The head has gone on while a long chain was read.
    if (isFar) {
      await readFinalBlocks(context, head, finalized);
      continue;
    }
    await readNewBlocks(context, head, finalized);
    await writer.complete();
    await compareLedgers(context);
    heads.believe();
    status.caughtUpAt = performance.now();
    status.progressAt = performance.now();
    return compareLater(context);
  }
}
