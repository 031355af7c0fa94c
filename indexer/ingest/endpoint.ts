import { createRedaction, type NodeAccess, nameOf } from "./access.ts";
import { RpcError, WrongChain } from "./errors.ts";
import { quote } from "./fields.ts";
import { outcomesOf, type Params, requestOf } from "./jsonrpc.ts";
import { createPacer } from "./pacer.ts";
import { createTransport } from "./transport.ts";

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

/**
 * One node, or several behind one URL. Calls that it refuses as too many are made again, at a slower pace; those that it
 * answered beside them are not. Every method throws {@link RpcError}, or the signal's reason.
 */
export interface Endpoint {
  /** "The node at" its host. */
  readonly name: string;
  /** Takes what opens the node out of a text. The errors of this endpoint may still quote it: `RpcError.attribute` hides it. */
  readonly redact: (text: string) => string;
  readonly checks: Readonly<Checks>;
  /** What it wasn't found to lack lately. */
  readonly offers: { receipts: boolean };
  call(method: string, params: Params, signal?: AbortSignal): Promise<unknown>;
  /** The same method several times, in as few requests as the node accepts; the results are in the order of the calls. */
  batch(method: string, calls: readonly Params[], signal?: AbortSignal): Promise<unknown[]>;
  /** How long the node asks not to be asked, in milliseconds. */
  rest(): number;
}

/** Options of {@link createEndpoint}. */
export interface EndpointOptions {
  node: NodeAccess;
  /** A node of another chain throws {@link WrongChain}, and is asked for its chain again each time. */
  chainId: number;
  /** Longest wait for an answer, in milliseconds. */
  timeout: number;
  /** Defaults to {@link noChecks}. */
  checks?: Checks | undefined;
  signal: AbortSignal;
  /** Called for each request of which the node refused a call as too many. */
  onThrottled?: () => void;
  /** A clock that never goes back, in milliseconds. */
  now?: () => number;
}

const WIDEST = 100;
// Good answers after which a larger batch is tried again.
const PATIENCE = 16;
/** Longest wait, in milliseconds, for a node that answers nothing but that there are too many requests. */
const LONGEST_REST = 10_000;
/** So many refusals of one call, while others are answered, mean the call and not the pace. */
const CALL_REFUSED = 6;

/** Milliseconds for which a node isn't asked for what it lacks. */
const LACKS_FOR = 600_000;

/** In bytes: a header holds the hashes of its transactions; a range of logs, or of receipts, may be asked for in halves. */
const LONGEST_ANSWER = 64 * 2 ** 20;
const LONGEST_RESULT = 2 * 2 ** 20;

const LONG_ANSWERS = new Set(["eth_getLogs", "eth_getBlockReceipts"]);

const longestOf = (method: string, calls: number): number =>
  LONG_ANSWERS.has(method) ? LONGEST_ANSWER : Math.min(calls * LONGEST_RESULT, LONGEST_ANSWER);

/** JSON-RPC with one URL. */
export function createEndpoint({
  node,
  chainId,
  timeout,
  checks = noChecks(),
  signal: ending,
  onThrottled,
  now = () => performance.now(),
}: EndpointOptions): Endpoint {
  const send = createTransport(node, timeout);
  const name = nameOf(node);
  const pacer = createPacer();
  let checked: Promise<void> | undefined;
  let width = WIDEST;
  let streak = 0;
  let answeredAt = 0;

  async function exchange(method: string, calls: readonly Params[], signal: AbortSignal): Promise<unknown[]> {
    try {
      const longest = longestOf(method, calls.length);
      const answer = await send({ body: requestOf(method, calls), method, longest, signal });
      return outcomesOf(answer, method, calls.length, name);
    } catch (error) {
      if (error instanceof RpcError) return calls.map(() => error);
      throw error;
    }
  }

  async function ask(method: string, calls: readonly Params[], stop?: AbortSignal): Promise<unknown[]> {
    const signal = stop ? AbortSignal.any([ending, stop]) : ending;
    const results = new Array<unknown>(calls.length);
    let left = [...calls.keys()];
    let refusals = 0;
    const since = performance.now();
    while (left.length > 0) {
      const turn = await turnFor(Math.min(left.length, width), signal);
      const asked = left.slice(0, turn.calls);
      const outcomes = await exchange(
        method,
        asked.map((i) => calls[i] as Params),
        signal,
      );
      const failed: number[] = [];
      for (const [at, i] of asked.entries())
        if (outcomes[at] instanceof RpcError) failed.push(i);
        else results[i] = outcomes[at];
      left = [...failed, ...left.slice(asked.length)];

      const errors = outcomes.filter((outcome) => outcome instanceof RpcError);
      const throttled = errors.filter(({ kind }) => kind === "rate-limited");
      turn.settled(asked.length - failed.length, throttled.length, throttled[0]?.retryAfter);
      if (failed.length < asked.length) {
        answeredAt = performance.now();
        refusals = 0;
      }
      const [error] = [...throttled, ...errors];
      if (error?.kind === "rate-limited") {
        onThrottled?.();
        if (performance.now() - Math.max(since, answeredAt) > LONGEST_REST) throw error;
        if (asked.length === 1 && ++refusals >= CALL_REFUSED && answeredAt > since)
          throw new RpcError(error.message, "refused");
      } else if (error) {
        streak = 0;
        width = Math.ceil(asked.length / 2);
        if (asked.length === 1 || !isAboutWidth(error)) throw error;
      } else if (++streak % PATIENCE === 0) width = Math.min(2 * width, WIDEST);
    }
    return results;
  }

  function turnFor(calls: number, signal: AbortSignal) {
    const rest = pacer.rest();
    if (rest <= LONGEST_REST) return pacer.turn(calls, signal);
    throw new RpcError(`${name} may not be asked for another ${Math.ceil(rest / 1000)} s.`, "rate-limited", rest);
  }

  async function checkChain(): Promise<void> {
    const [answer] = await ask("eth_chainId", [[]]);
    if (typeof answer !== "string" || !/^0x[0-9a-f]+$/i.test(answer))
      throw new RpcError(`${name} answered ${quote(answer)} for its chain id.`, "malformed");
    if (Number(answer) !== chainId)
      throw new WrongChain(`${name} is on chain ${Number(answer)}, but the deployment is on chain ${chainId}.`);
  }

  function ready(): Promise<void> {
    checked ??= checkChain().catch((error) => {
      checked = undefined;
      throw error;
    });
    return checked;
  }

  return {
    ...{ name, redact: createRedaction(node), checks, offers: createOffers(now) },
    async call(method, params, signal) {
      await ready();
      const [result] = await ask(method, [params], signal);
      return result;
    },
    async batch(method, calls, signal) {
      await ready();
      return ask(method, calls, signal);
    },
    rest: pacer.rest,
  };
}

/** What a node was found to lack is looked for again after a while: it may have said so while it started. */
function createOffers(now: () => number): Endpoint["offers"] {
  let lacks = Number.NEGATIVE_INFINITY;
  return {
    get receipts() {
      return now() - lacks > LACKS_FOR;
    },
    set receipts(offered) {
      lacks = offered ? Number.NEGATIVE_INFINITY : now();
    },
  };
}

// Nodes have many ways to say that they take fewer calls at once, or none.
const isAboutWidth = (error: RpcError): boolean => ["too-large", "status", "malformed", "refused"].includes(error.kind);
