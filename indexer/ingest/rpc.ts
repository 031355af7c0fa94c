/** A node failed, refused, or answered nonsense: worth another try, now or later, here or elsewhere. */
export class RpcError extends Error {
  override name = "RpcError";
  /** Whether no node could be reached at all. */
  readonly unreachable: boolean;

  constructor(message: string, unreachable = false) {
    super(message);
    this.unreachable = unreachable;
  }
}

/** No retry mends this: somebody must change the configuration. */
export class FatalError extends Error {
  override name = "FatalError";
}

/** JSON-RPC over one or more nodes. */
export interface Rpc {
  /** Asks the preferred node, then each other one. Throws {@link RpcError} when none answers. */
  call(method: string, params: readonly unknown[]): Promise<unknown>;
  /** Prefers the next node from now on: the present one's answers don't fit together. */
  rotate(): void;
  /** Failed requests so far. */
  errors(): number;
}

/** Options of {@link createRpc}. */
export interface RpcOptions {
  urls: readonly string[];
  /** A node of another chain is a {@link FatalError}. */
  chainId: number;
  /** Longest wait for an answer, in milliseconds. */
  timeout: number;
  signal: AbortSignal;
}

/** Speaks to several nodes of one chain, and stays with the one that answered last. */
export function createRpc({ urls, chainId, timeout, signal }: RpcOptions): Rpc {
  const checked = new Set<string>();
  let preferred = 0;
  let errors = 0;

  async function checkChain(url: string): Promise<void> {
    if (checked.has(url)) return;
    const answer = await post(url, "eth_chainId", [], timeout, signal);
    if (typeof answer !== "string" || !/^0x[0-9a-f]+$/i.test(answer))
      throw new RpcError(`${nameOf(url)} answered ${quote(answer)} for its chain id.`);
    if (Number(answer) !== chainId)
      throw new FatalError(`${nameOf(url)} is on chain ${Number(answer)}, but the deployment is on chain ${chainId}.`);
    checked.add(url);
  }

  return {
    async call(method, params) {
      const failures: RpcError[] = [];
      for (let tried = 0; tried < urls.length; tried++) {
        const url = urls[preferred] as string;
        try {
          await checkChain(url);
          return await post(url, method, params, timeout, signal);
        } catch (error) {
          if (!(error instanceof RpcError)) throw error;
          errors++;
          failures.push(error);
          preferred = (preferred + 1) % urls.length;
        }
      }
      throw new RpcError(
        failures.map((failure) => failure.message).join(" "),
        failures.every((failure) => failure.unreachable),
      );
    },
    rotate() {
      preferred = (preferred + 1) % urls.length;
    },
    errors: () => errors,
  };
}

async function post(
  url: string,
  method: string,
  params: readonly unknown[],
  timeout: number,
  signal: AbortSignal,
): Promise<unknown> {
  const body = await send(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }), timeout, signal);
  let answer: unknown;
  try {
    answer = JSON.parse(body);
  } catch {
    throw new RpcError(`${nameOf(url)} answered ${method} with ${body.length} bytes that are not JSON.`);
  }
  if (typeof answer !== "object" || answer === null)
    throw new RpcError(`${nameOf(url)} answered ${method} with ${quote(answer)}.`);
  if ("error" in answer && answer.error)
    throw new RpcError(`${nameOf(url)} refused ${method}: ${quote(messageOf(answer.error))}.`);
  if (!("result" in answer)) throw new RpcError(`${nameOf(url)} answered ${method} without a result.`);
  return answer.result;
}

async function send(url: string, body: string, timeout: number, signal: AbortSignal): Promise<string> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DOMException && error.name === "TimeoutError")
      throw new RpcError(`${nameOf(url)} did not answer within ${timeout} ms.`);
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    throw new RpcError(`${nameOf(url)} can't be reached: ${cause instanceof Error ? cause.message : cause}.`, true);
  }
  // Some nodes send a JSON-RPC error with a status from 400 on; its message says more than the status.
  if (status >= 400 && !text.startsWith("{")) throw new RpcError(`${nameOf(url)} answered with status ${status}.`);
  return text;
}

// A node's path or query often holds an API key: errors and logs name its host only.
const nameOf = (url: string): string => `The node at ${new URL(url).host}`;

const messageOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "message" in error ? error.message : error;

const quote = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 200);
