import type { DeploymentAnswer } from "../../sdk/wire.ts";
import type { Served } from "./served.ts";
import type { AuditState } from "./state.ts";

/** Messages from the page to the worker. */
export type AuditMessage =
  | { kind: "start"; deployment: DeploymentAnswer; rpcUrl: string; seasonId: string }
  | { kind: "served"; slot: string; served: Served }
  /** Asks for the whole ranking that the API serves, and holds every row against the chain. */
  | { kind: "whole"; seasonId: string }
  /** A page that nobody looks at asks the RPC rarely. */
  | { kind: "visible"; visible: boolean };

/** Messages from the worker to the page. */
export type AuditNews =
  | { kind: "state"; state: AuditState }
  /** The whole ranking that was asked for couldn't be read. */
  | { kind: "unread"; why: string };
