import type { Address } from "viem";
import type { AddedMethod, Decoder } from "../decode/events.ts";
import type { Log } from "../ingest/blocks.ts";
import type { LedgerHead } from "../ingest/ledgers.ts";
import type { Rpc } from "../ingest/rpc.ts";
import type { Eventual, Soon } from "../store/eventual.ts";
import type { Announcement } from "./announcements.ts";
import type { Finality } from "./finality.ts";
import type { Heads } from "./heads.ts";
import type { Backfill, SyncStatus } from "./status.ts";
import type { Uncompared } from "./uncompared.ts";
import type { Progress, Writer } from "./writer.ts";

/** What following the chain works with. */
export interface SyncContext {
  rpc: Rpc;
  heads: Heads;
  decoder: Decoder;
  writer: Eventual<Writer>;
  uncompared: Uncompared;
  /** The stored logs of blocks from one to another, in order. */
  localLogs: (from: number, to: number) => Soon<Log[]>;
  /** The ledgers of all seasons as folded. */
  localLedgers: () => Soon<LedgerHead[]>;
  /** The registry's methods, as folded. */
  methods: () => Soon<AddedMethod[]>;
  /** Whether a database of another chain is emptied rather than refused. */
  wipe: boolean;
  campaign: Address;
  startBlock: number;
  finality: Finality;
  /** Whether logs are compared with the headers' bloom filters. */
  blooms: boolean;
  /** What is wrong with a log by its own fields; undefined where nothing is. */
  faultOf: (log: Log) => string | undefined;
  /** Pause between rounds, in milliseconds; longer after failures, up to a minute. */
  pollInterval: number;
  status: SyncStatus;
  /** Called right after each transaction. */
  announce: (announcement: Announcement) => void;
  /** Called after each part of a long read, and with undefined when it ends. */
  report: (backfill: Backfill | undefined) => void;
  warn: (message: string) => void;
  signal: AbortSignal;
}

/** How far the chain is folded: there is a cursor once following has started. */
export const progressOf = async ({ writer }: SyncContext): Promise<Progress> => (await writer.progress()) as Progress;
