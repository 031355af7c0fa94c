import type { Deployment } from "../../sdk/deployment.ts";
import type { Served } from "./served.ts";

/** What the page tells the worker; it answers with `AuditState`s. */
export type AuditMessage =
  | { kind: "start"; deployment: Deployment; rpcUrl: string; seasonId: string }
  | { kind: "served"; slot: string; served: Served }
  /** A page that nobody looks at asks the RPC rarely. */
  | { kind: "visible"; visible: boolean };
