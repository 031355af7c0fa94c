import { RpcError } from "./errors.ts";
import { quote } from "./fields.ts";
import { kindOf } from "./refusals.ts";
import type { Answer } from "./transport.ts";

/** The parameters of a call. */
export type Params = readonly unknown[];

/** The result of a call, or why there is none. */
type Outcome = unknown | RpcError;

/** Calls of one method as JSON-RPC 2.0: one alone, several as a batch. */
export const requestOf = (method: string, calls: readonly Params[]): string => {
  const requests = calls.map((params, id) => ({ jsonrpc: "2.0", id, method, params }));
  return JSON.stringify(requests.length === 1 ? requests[0] : requests);
};

/**
 * What the node of this name answered to so many calls of a method, in their order, whatever its form, status and errors.
 */
export function outcomesOf(answer: Answer, method: string, calls: number, name: string): Outcome[] {
  const { status, text, retryAfter } = answer;
  const waits = retryAfter !== undefined;

  function refusal(): RpcError {
    const isPage = /^\s*</.test(text);
    const kind = kindOf({ status, message: isPage ? "" : text.slice(0, 1000), waits });
    const reason = kind === "rate-limited" ? ": too many requests" : "";
    return new RpcError(`${name} answered ${method} with status ${status}${reason}${waiting()}.`, kind, retryAfter);
  }

  const waiting = (): string => (waits ? ` and asks to wait for ${Math.ceil(retryAfter / 1000)} s` : "");

  function outcomeOf(value: unknown): Outcome {
    if (typeof value !== "object" || value === null)
      return new RpcError(`${name} answered ${method} with ${quote(value)}.`, "malformed");
    if ("error" in value && value.error) return errorOf(value.error);
    if ("result" in value) return value.result;
    return status >= 300 ? refusal() : new RpcError(`${name} answered ${method} without a result.`, "malformed");
  }

  function errorOf(error: unknown): RpcError {
    const { code, message = error } = (typeof error === "object" ? error : {}) as { code?: unknown; message?: unknown };
    const kind = kindOf({ status, code: code ?? 0, message: quote(message).slice(0, 200), waits });
    return new RpcError(`${name} refused ${method}: ${quote(message)}${waiting()}.`, kind, retryAfter);
  }

  function together(values: unknown): Outcome[] {
    if (!Array.isArray(values)) {
      const outcome = outcomeOf(values);
      const whole = `${name} answered ${calls} calls of ${method} at once with one result.`;
      return repeated(outcome instanceof RpcError ? outcome : new RpcError(whole, "malformed"));
    }
    const byId = new Map(values.map((value: { id?: unknown } | null) => [value?.id, value]));
    const outcomes = Array.from({ length: calls }, (_, id) => byId.get(id));
    if (values.length === calls && byId.size === calls && !outcomes.includes(undefined)) return outcomes.map(outcomeOf);
    return repeated(
      new RpcError(`${name} answered ${calls} calls of ${method} with ${byId.size} results.`, "malformed"),
    );
  }

  const repeated = (error: RpcError): RpcError[] => new Array(calls).fill(error);

  if (status >= 300 && !/^\s*[{[]/.test(text)) return repeated(refusal());
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const error = `${name} answered ${method} with ${text.length} characters that are not JSON.`;
    return repeated(new RpcError(error, "malformed"));
  }
  return calls === 1 ? [outcomeOf(value)] : together(value);
}
