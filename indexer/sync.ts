import { setTimeout as sleep } from "node:timers/promises";
import type { Address, Hex } from "viem";
import { type Decoder, MalformedLog } from "./decode/events.ts";
import {
  type Header,
  readBlockLogs,
  readFinalized,
  readHeader,
  readRange,
  type SealedHeader,
} from "./ingest/blocks.ts";
import { type LedgerHead, readLedger, readSeasonCount } from "./ingest/ledgers.ts";
import { FatalError, type Rpc, RpcError } from "./ingest/rpc.ts";
import type { Chain, Progress } from "./store/chain.ts";
import { IntegrityError } from "./store/integrity.ts";

/** What `/readyz` and `/metrics` tell of the ingestion. */
export interface SyncStatus {
  /** The chain's last block as last heard of. */
  headBlock: number | undefined;
  /** When a round last ended with everything folded and compared, by `Date.now()`. */
  caughtUpAt: number | undefined;
  /** Why the last round failed; undefined after a good one. */
  failure: string | undefined;
  /** Whether events contradict each other or the chain's ledgers, even after reading them again. */
  inconsistent: boolean;
  reorgs: number;
  events: number;
}

/** What {@link follow} works with. */
export interface SyncParts {
  rpc: Rpc;
  decoder: Decoder;
  chain: Chain;
  /** The ledgers of all seasons as folded. */
  localLedgers: () => LedgerHead[];
  /** Throws {@link FatalError} when the database is of another chain. */
  checkGenesis: (hash: Hex) => void;
  campaign: Address;
  startBlock: number;
  /** A block is final only this many blocks below the head. */
  finality: number;
  /** Pause between rounds, in milliseconds; longer after failures, up to a minute. */
  pollInterval: number;
  status: SyncStatus;
  warn: (message: string) => void;
  signal: AbortSignal;
}

const LONGEST_PAUSE = 60_000;
const FIRST_SPAN = 500;

/** Follows the chain until the signal aborts. Throws {@link FatalError} when no retry would help. */
export async function follow(parts: SyncParts): Promise<void> {
  const { chain, rpc, signal, status } = parts;
  let failures = 0;
  for (let started = false; !signal.aborted; ) {
    try {
      started = started || (await start(parts));
      await round(parts);
      failures = 0;
      status.failure = undefined;
      status.inconsistent = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof RpcError || error instanceof IntegrityError || error instanceof MalformedLog)) throw error;
      failures++;
      status.failure = error.message;
      status.inconsistent = error instanceof IntegrityError;
      rpc.rotate();
      parts.warn(`At block ${chain.progress()?.cursor.number ?? "none"}: ${error.message}`);
    }
    const pause = Math.min(parts.pollInterval * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE);
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}

async function start({ rpc, chain, checkGenesis, startBlock }: SyncParts): Promise<true> {
  checkGenesis((await readHeader(rpc, 0)).hash);
  if (!chain.progress()) chain.start(await readHeader(rpc, Math.max(startBlock - 1, 0)));
  return true;
}

/** One look at the chain. What doesn't fit together is read once more, from where it was last found right. */
async function round(parts: SyncParts): Promise<void> {
  try {
    await advance(parts);
  } catch (error) {
    if (!(error instanceof IntegrityError)) throw error;
    const { verified } = progressOf(parts);
    parts.warn(`${error.message} Reading again from block ${verified.number + 1}.`);
    parts.rpc.rotate();
    parts.chain.rollback(verified.number);
    await advance(parts);
  }
}

async function advance(parts: SyncParts): Promise<void> {
  const { rpc, status } = parts;
  const head = await readHeader(rpc, "latest");
  status.headBlock = head.number;
  await undoReorg(parts, head);
  const finalized = await readFinalized(rpc, head.number, parts.finality);
  await readFinalBlocks(parts, finalized);
  await readNewBlocks(parts, head, finalized);
  await compareLedgers(parts);
  status.caughtUpAt = Date.now();
}

/** Rolls back to the last block that is still on the chain. */
async function undoReorg(parts: SyncParts, head: Header): Promise<void> {
  const { rpc, chain, status } = parts;
  const { cursor } = progressOf(parts);
  if (head.hash === cursor.hash || (head.number === cursor.number + 1 && head.parentHash === cursor.hash)) return;

  let at = Math.min(head.number, cursor.number);
  for (; ; at--) {
    const known = chain.header(at);
    if (!known)
      throw new FatalError(
        `Block ${at} was final and the node no longer has it: a reorganisation deeper than ${cursor.number - at} blocks. Check the node, or index anew into another --db with a higher --finality.`,
      );
    if ((await readHeader(rpc, at)).hash === known.hash) break;
  }
  if (at === cursor.number) return;
  // The node's chain is the beginning of ours: it may only lag behind, so nothing is undone.
  if (at === head.number)
    throw new RpcError(`The node is at block ${head.number}, but block ${cursor.number} is indexed already.`);
  chain.rollback(at);
  status.reorgs++;
  parts.warn(`Blocks ${at + 1} to ${cursor.number} were reorganised.`);
}

async function readFinalBlocks(parts: SyncParts, finalized: number): Promise<void> {
  const { rpc, decoder, chain, status } = parts;
  let span = FIRST_SPAN;
  for (let from = progressOf(parts).cursor.number + 1; from <= finalized; from = progressOf(parts).cursor.number + 1) {
    const range = await readRange(rpc, decoder.filter, from, finalized, span);
    span = range.span;
    status.events += chain.append({ ...range, finalized });
  }
}

async function readNewBlocks(parts: SyncParts, head: SealedHeader, finalized: number): Promise<void> {
  const { rpc, decoder, chain, status } = parts;
  for (let { cursor } = progressOf(parts); cursor.number < head.number; { cursor } = progressOf(parts)) {
    const next = cursor.number + 1 === head.number ? head : await readHeader(rpc, cursor.number + 1);
    if (next.parentHash !== cursor.hash)
      throw new RpcError(`Block ${next.number} does not follow ${cursor.hash}: the chain changed while it was read.`);
    const logs = await readBlockLogs(rpc, { filter: decoder.filter, blooms: false }, next);
    status.events += chain.append({ headers: [next], logs, finalized });
  }
}

/** Holds every season's folded ledger against the chain's at the cursor. */
async function compareLedgers(parts: SyncParts): Promise<void> {
  const { rpc, chain, campaign } = parts;
  const { cursor, verified } = progressOf(parts);
  if (verified.number === cursor.number) return;
  const ledgers = parts.localLedgers();
  const count = await readSeasonCount(rpc, campaign, cursor.hash);
  if (count !== ledgers.length)
    throw new IntegrityError(`The chain has ${count} seasons at block ${cursor.number}; ${ledgers.length} are known.`);
  for (const local of ledgers) {
    const onChain = await readLedger(rpc, campaign, local.seasonId, cursor.hash);
    if (!sameLedger(local, onChain))
      throw new IntegrityError(
        `The ledger of season ${local.seasonId} ends with entry ${local.seq} and hash ${local.ledgerHash} at block ${cursor.number}; the chain's ends with entry ${onChain.seq} and hash ${onChain.ledgerHash}.`,
      );
  }
  chain.markVerified();
}

const sameLedger = (a: LedgerHead, b: LedgerHead): boolean =>
  a.seq === b.seq &&
  a.ledgerHash === b.ledgerHash &&
  a.participants === b.participants &&
  a.totalPoints === b.totalPoints;

const progressOf = ({ chain }: SyncParts): Progress => chain.progress() as Progress;
