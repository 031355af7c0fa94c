import { limitOf, type Refusal } from "../../sdk/refusals.ts";
import type { Failure } from "./errors.ts";

const NOT_IMPLEMENTED = 501;

/**
 * What a refusal means: `rate-limited` goes away by waiting, `too-large` by asking for less, `refused` by neither;
 * `status` is a failure of the server.
 */
export function kindOf(refusal: Refusal): Failure {
  const { status, code } = refusal;
  const isOfServer = code === undefined && (status >= 500 || status < 400) && status !== NOT_IMPLEMENTED;
  return limitOf(refusal) ?? (isOfServer ? "status" : "refused");
}
