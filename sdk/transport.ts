import { type EIP1193RequestFn, HttpRequestError, http, type Transport } from "viem";
import { isThrottled } from "./errors.ts";
import { limitOf } from "./refusals.ts";

/** Pauses before another try double from the first to the longest, in milliseconds. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** The longest that a node's own word on when to come back is heeded, in seconds. */
const LONGEST_WAIT = 10;

/**
 * A JSON-RPC endpoint over HTTP. While it refuses because there were too many requests, it is asked again; once it has done
 * nothing else for `patienceMs`, what it refuses is thrown at once.
 *
 * @param patienceMs Milliseconds; defaults to 30 seconds.
 */
export function patientHttp(url: string, patienceMs = 30_000): Transport {
  const transport = http(url, { onFetchResponse: (response) => throwThrottling(url, response) });
  return (config) => {
    const inner = transport(config);
    // When the endpoint began to refuse; undefined while it answers.
    let since: number | undefined;
    const request = async (...asked: Parameters<typeof inner.request>): Promise<unknown> => {
      const begun = Date.now();
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
        try {
          const result = await inner.request(...asked);
          since = undefined;
          return result;
        } catch (error) {
          if (!isThrottled(error)) throw error;
          since ??= Date.now();
          if (Date.now() + pause - Math.min(begun, since) > patienceMs) throw error;
          await new Promise((resolve) => setTimeout(resolve, pause));
        }
      }
    };
    return { ...inner, request: request as EIP1193RequestFn };
  };
}

/** Throws where the status says that there were too many requests: viem forgets it where the body has a JSON-RPC error. */
async function throwThrottling(url: string, response: Response): Promise<void> {
  const { status, headers, ok } = response;
  if (ok) return;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  const details = messageOf(body);
  const wait = headers.get("retry-after");
  if (limitOf({ status, message: details, waits: wait !== null }) !== "rate-limited") return;
  const bounded = Math.min(Number.parseInt(wait ?? "", 10) || 1, LONGEST_WAIT);
  throw new HttpRequestError({
    ...{ url, status, details },
    ...(wait !== null && { headers: new Headers({ "retry-after": `${bounded}` }) }),
  });
}

/** The message of a JSON-RPC error; empty where there is none. */
function messageOf(body: unknown): string {
  const message = (body as { error?: { message?: unknown } } | null | undefined)?.error?.message;
  return typeof message === "string" ? message : "";
}
