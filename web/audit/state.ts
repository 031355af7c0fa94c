import type { Difference } from "./served.ts";

/** What the audit recomputed by now. */
export interface Recomputed {
  /** The block up to which the chain was read. */
  blockNumber: number;
  /** Ledger entries recomputed. */
  entries: string;
  participants: number;
  totalPoints: string;
  ledgerHash: string;
  /** Accounts whose points were also read from the campaign. */
  sampled: number;
  /** Rows served by the API that were found to be what the chain gives. */
  rows: number;
  /** Rows of the whole served ranking, when it was last held against the chain and agreed; undefined before. */
  whole?: number;
}

/** How points stand: the API's against the chain's, as this browser reads it. */
export type AuditState =
  | { kind: "checking"; done: number; total: number }
  | ({ kind: "match" } & Recomputed)
  | ({ kind: "mismatch"; differences: readonly Difference[] } & Recomputed)
  /** `last` is what was recomputed before it failed. */
  | { kind: "cannot"; why: string; last?: Recomputed };
