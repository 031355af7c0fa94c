import { FatalError, RpcError } from "./errors.ts";
import { createTransport, nameOf } from "./transport.ts";

/** How far nodes' answers are held against what they are hashed to; one for all nodes of a chain. */
export interface Checks {
  /** Whether a node's answer is believed though nothing proves it and other nodes could be asked. */
  isTrusting: boolean;
  /** Headers' fields against their hashes: "required" once a header of this chain was found to be sealed so. */
  seals: "off" | "unknown" | "required";
  /** Logs against headers' receipts roots, where nodes offer receipts and headers are sealed. */
  receipts: boolean;
}

/** Nothing is recomputed. */
export const noChecks = (): Checks => ({ isTrusting: true, seals: "off", receipts: false });

/** One node, or several behind one URL. Every method throws {@link RpcError}, or the signal's reason. */
export interface Endpoint {
  /** "The node at" its host. */
  readonly name: string;
  readonly checks: Readonly<Checks>;
  /** What it was not yet found to lack. */
  readonly offers: { receipts: boolean };
  call(method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown>;
  /** The same method several times, in as few requests as the node accepts; the results are in the order of the calls. */
  batch(method: string, calls: readonly (readonly unknown[])[], signal?: AbortSignal): Promise<unknown[]>;
}

/** Options of {@link createEndpoint}. */
export interface EndpointOptions {
  url: string;
  /** A node of another chain is a {@link FatalError}. */
  chainId: number;
  /** Longest wait for an answer, in milliseconds. */
  timeout: number;
  /** Defaults to {@link noChecks}. */
  checks?: Checks | undefined;
  signal: AbortSignal;
}

const WIDEST = 100;
// Good answers after which a larger batch is tried again.
const PATIENCE = 16;

/** JSON-RPC with one URL. */
export function createEndpoint({
  url,
  chainId,
  timeout,
  checks = noChecks(),
  signal: ending,
}: EndpointOptions): Endpoint {
  const send = createTransport(url, timeout);
  const name = nameOf(url);
  let checked: Promise<void> | undefined;
  let width = WIDEST;
  let streak = 0;

  async function post(what: string, request: unknown, signal?: AbortSignal): Promise<unknown> {
    const text = await send(JSON.stringify(request), signal ? AbortSignal.any([ending, signal]) : ending);
    try {
      return JSON.parse(text);
    } catch {
      throw new RpcError(`${name} answered ${what} with ${text.length} characters that are not JSON.`, "malformed");
    }
  }

  const ask = async (method: string, params: readonly unknown[], signal?: AbortSignal): Promise<unknown> =>
    resultOf(await post(method, { jsonrpc: "2.0", id: 1, method, params }, signal), method);

  async function askTogether(method: string, calls: readonly (readonly unknown[])[], signal?: AbortSignal) {
    const requests = calls.map((params, id) => ({ jsonrpc: "2.0", id, method, params }));
    const answers = await post(method, requests, signal);
    if (!Array.isArray(answers)) {
      resultOf(answers, method);
      throw new RpcError(`${name} answered ${calls.length} calls of ${method} at once with one result.`, "malformed");
    }
    const byId = new Map(answers.map((answer: { id?: unknown } | null) => [answer?.id, answer]));
    if (answers.length !== calls.length || byId.size !== calls.length)
      throw new RpcError(`${name} answered ${calls.length} calls of ${method} with ${byId.size} results.`, "malformed");
    return calls.map((_, id) => resultOf(byId.get(id), method));
  }

  function resultOf(answer: unknown, method: string): unknown {
    if (typeof answer !== "object" || answer === null)
      throw new RpcError(`${name} answered ${method} with ${quote(answer)}.`, "malformed");
    if ("error" in answer && answer.error) throw refusal(method, answer.error);
    if (!("result" in answer)) throw new RpcError(`${name} answered ${method} without a result.`, "malformed");
    return answer.result;
  }

  function refusal(method: string, error: unknown): RpcError {
    const { code, message = error } = (typeof error === "object" ? error : {}) as { code?: unknown; message?: unknown };
    return new RpcError(`${name} refused ${method}: ${quote(message)}.`, code === 429 ? "rate-limited" : "refused");
  }

  async function checkChain(): Promise<void> {
    const answer = await ask("eth_chainId", []);
    if (typeof answer !== "string" || !/^0x[0-9a-f]+$/i.test(answer))
      throw new RpcError(`${name} answered ${quote(answer)} for its chain id.`, "malformed");
    if (Number(answer) !== chainId)
      throw new FatalError(`${name} is on chain ${Number(answer)}, but the deployment is on chain ${chainId}.`);
  }

  function ready(): Promise<void> {
    checked ??= checkChain().catch((error) => {
      checked = undefined;
      throw error;
    });
    return checked;
  }

  return {
    ...{ name, checks, offers: { receipts: true } },
    async call(method, params, signal) {
      await ready();
      return ask(method, params, signal);
    },
    async batch(method, calls, signal) {
      await ready();
      const results: unknown[] = [];
      while (results.length < calls.length) {
        const chunk = calls.slice(results.length, results.length + width);
        const [only] = chunk;
        try {
          const together = chunk.length > 1 || !only;
          results.push(...(together ? await askTogether(method, chunk, signal) : [await ask(method, only, signal)]));
          if (++streak % PATIENCE === 0) width = Math.min(2 * width, WIDEST);
        } catch (error) {
          streak = 0;
          width = Math.ceil(chunk.length / 2);
          if (chunk.length === 1 || !isAboutWidth(error)) throw error;
        }
      }
      return results;
    },
  };
}

// Nodes have many ways to say that they take fewer calls at once, or none.
const isAboutWidth = (error: unknown): boolean =>
  error instanceof RpcError && ["status", "malformed", "refused"].includes(error.kind);

const quote = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 200);
