import type { DeploymentAnswer } from "../../sdk/wire.ts";
import type { Difference, Served } from "./served.ts";

/** What the page sends the worker. */
export type AuditMessage =
  | { kind: "start"; deployment: DeploymentAnswer; rpcUrl: string; secondRpcUrl: string | undefined; seasonId: string }
  | { kind: "served"; slot: string; served: Served }
  /** Asks for the whole ranking that the API serves, and compares every row with the chain. */
  | { kind: "whole"; server: string; seasonId: string }
  /** A hidden page asks the RPC rarely. */
  | { kind: "visible"; visible: boolean };

/** What came of asking a second RPC; what it says otherwise is among the differences. */
export type SecondState =
  /** `sealed`: the block's header hashes to its hash. */
  { kind: "agrees"; blockNumber: number; sealed: boolean } | { kind: "differs" } | { kind: "cannot"; why: string };

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
  /** Rows served by the API that agree with the chain. */
  rows: number;
  /** Rows of the whole served ranking, when it was last compared with the chain and agreed; undefined before. */
  whole?: number;
  /** Undefined without a second RPC, and before it has answered. */
  second?: SecondState;
}

/** How points stand: the API's against the chain's, as this browser reads it. */
export type AuditState =
  | { kind: "checking"; done: number; total: number }
  | ({ kind: "match" } & Recomputed)
  | ({ kind: "mismatch"; differences: readonly Difference[] } & Recomputed)
  /** `last` is what was recomputed before it failed. */
  | { kind: "cannot"; why: string; last?: Recomputed };

/** What the worker sends the page. */
export type AuditNews =
  | { kind: "state"; state: AuditState }
  /** The whole ranking that was asked for couldn't be read. */
  | { kind: "unread"; why: string };
