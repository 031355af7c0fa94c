import type { DeploymentAnswer } from "../../sdk/wire.ts";
import type { Served } from "./served.ts";

/** What the page tells the worker; it answers with `AuditState`s. */
export type AuditMessage =
  | { kind: "start"; deployment: DeploymentAnswer; rpcUrl: string; seasonId: string }
  | { kind: "served"; slot: string; served: Served }
  /** A page that nobody looks at asks the RPC rarely. */
  | { kind: "visible"; visible: boolean };
