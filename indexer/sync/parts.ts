import type { Address } from "viem";
import type { AddedMethod, Decoder } from "../decode/events.ts";
import type { Header } from "../ingest/blocks.ts";
import type { LedgerHead } from "../ingest/ledgers.ts";
import type { Rpc } from "../ingest/rpc.ts";
import type { Announcement } from "./announcements.ts";
import type { Chain, Progress } from "./chain.ts";

/** What `/readyz` and `/metrics` report about the ingestion. */
export interface SyncStatus {
  /** The chain's last known block. */
  headBlock: number | undefined;
  /** When a round last ended with everything folded and compared, by `Date.now()`. */
  caughtUpAt: number | undefined;
  /** When a round or a part of one last succeeded, by `Date.now()`; at first, when the indexer started. */
  progressAt: number;
  /** Why the last round failed; undefined after a good one. */
  failure: string | undefined;
  /** Whether events contradict each other or the chain's ledgers, even after reading them again. */
  inconsistent: boolean;
  reorgs: number;
  events: number;
}

/** The status of an indexer that starts now. */
export const newStatus = (): SyncStatus => ({
  headBlock: undefined,
  caughtUpAt: undefined,
  progressAt: Date.now(),
  failure: undefined,
  inconsistent: false,
  reorgs: 0,
  events: 0,
});

/** Progress of a long read of final blocks. */
export interface Backfill {
  /** The block after which it started. */
  after: number;
  /** The last block read. */
  cursor: number;
  /** The block where it ends. */
  to: number;
  /** Events folded since it started. */
  events: number;
}

/** What following the chain works with. */
export interface SyncParts {
  rpc: Rpc;
  decoder: Decoder;
  chain: Chain;
  /** The ledgers of all seasons as folded. */
  localLedgers: () => LedgerHead[];
  /** The methods that the registry was folded to have. */
  methods: () => AddedMethod[];
  /** Whether a database of another chain is emptied instead of refused. */
  wipe: boolean;
  campaign: Address;
  startBlock: number;
  /** Blocks below the head that a reorganisation may still change. */
  finality: number;
  /** Whether logs are compared with the headers' bloom filters. */
  blooms: boolean;
  /** Pause between rounds, in milliseconds; longer after failures, up to a minute. */
  pollInterval: number;
  status: SyncStatus;
  /** Called right after each transaction. */
  announce: (announcement: Announcement) => void;
  /** Called after each part of a long read, and with undefined at its end. */
  report: (backfill: Backfill | undefined) => void;
  warn: (message: string) => void;
  signal: AbortSignal;
}

/** Where the chain stands: there is a cursor once following has started. */
export const progressOf = ({ chain }: SyncParts): Progress => chain.progress() as Progress;

/** Undoes the blocks above one, and announces it. */
export function rollback({ chain, decoder, methods, announce }: SyncParts, blockNumber: number): void {
  if (chain.progress()?.cursor.number === blockNumber) return;
  chain.rollback(blockNumber);
  decoder.follow(methods());
  announce({ kind: "reorganised", cursor: chain.header(blockNumber) as Header, from: blockNumber + 1 });
}
