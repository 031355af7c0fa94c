/** The state of the ingestion, for `/readyz` and `/metrics`. */
export interface SyncStatus {
  /** The chain's last block as last read. */
  headBlock: number | undefined;
  /** When a round last ended with everything folded and compared, by `performance.now()`, which nobody sets. */
  caughtUpAt: number | undefined;
  /** When a round or a part of one last succeeded, by the same clock; at first, when the indexer started. */
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
  progressAt: performance.now(),
  failure: undefined,
  inconsistent: false,
  reorgs: 0,
  events: 0,
});

/** A time of a status as the system's clock has it now, in unix seconds. */
export const unixSeconds = (at: number): number => (Date.now() - performance.now() + at) / 1000;

/** How far a long read of final blocks has come. */
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
