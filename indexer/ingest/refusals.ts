import { limitOf, type Refusal } from "../../sdk/refusals.ts";
import type { Failure } from "./errors.ts";

/**
 * What a refusal means: `rate-limited` goes away by waiting, `too-large` by asking for less, `refused` by neither;
 * `status` is a failure of the server.
 */
export function kindOf(refusal: Refusal): Failure {
  const { status, code } = refusal;
  const isOfServer = code === undefined && (status >= 500 || status < 400);
  return limitOf(refusal) ?? (isOfServer ? "status" : "refused");
}
