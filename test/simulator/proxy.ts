import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { toHex } from "viem";
import type { Budget } from "../indexer/ingest/budget.ts";
import { broken, type Call, concerns, type Fault, isSpoil, type Sent, spoils } from "./faults.ts";
import type { Random } from "./random.ts";
import { FINALITY } from "./world.ts";

/** What goes wrong, and how often: a part of the exchanges. */
interface Plan {
  rate: number;
  kinds: readonly Fault[];
  /** What the node allows; exchanges beyond it are refused. */
  budget?: Budget | undefined;
}

interface Answer {
  id: number;
  result?: unknown;
  error?: { code: number; message: string };
}

/** Stands between the indexer and a node, and spoils some of what is said. */
export interface FaultProxy {
  url: string;
  plan: Plan;
  /** The node shows itself so many blocks behind. */
  lag: number;
  /** Changes every result, always in the same way: a node that lies without contradicting itself. */
  lie: ((call: Call, result: unknown) => unknown) | undefined;
  /** How often each fault was done. */
  done: ReadonlyMap<Fault, number>;
  /** Keeps questions waiting until the returned function is called. */
  hold(): () => void;
  close(): Promise<void>;
}

const SLOW = [30, 200] as const;

/** Starts a proxy of the node on a free port of 127.0.0.1; at first it is honest. */
export async function startProxy(node: string, random: Random): Promise<FaultProxy> {
  const done = new Map<Fault, number>();
  const ended = new AbortController();
  let gate: Promise<void> | undefined;

  async function post(body: string): Promise<string> {
    const response = await fetch(node, { method: "POST", headers: { "content-type": "application/json" }, body });
    return response.text();
  }
  async function ask(method: string, ...params: unknown[]): Promise<unknown> {
    const { result } = JSON.parse(await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params })));
    return result ?? null;
  }

  /** What a node that lags would answer otherwise: nothing of blocks it has not seen yet. */
  async function behind(calls: readonly Call[]): Promise<(Answer | undefined)[]> {
    if (proxy.lag === 0) return calls.map(() => undefined);
    const head = Math.max(Number(await ask("eth_blockNumber")) - proxy.lag, 0);
    return Promise.all(calls.map((call) => unseen(call, head)));
  }

  async function unseen({ id, method, params }: Call, head: number): Promise<Answer | undefined> {
    if (method === "eth_getBlockByNumber") {
      if (params[0] === "latest") params[0] = toHex(head);
      if (params[0] === "finalized") params[0] = toHex(Math.max(head - FINALITY, 0));
      return Number(params[0]) > head ? { id, result: null } : undefined;
    }
    const [filter, at] = params as [{ blockHash?: string; toBlock?: string }?, { blockHash?: string }?];
    const blockHash = filter?.blockHash ?? at?.blockHash;
    if (blockHash) {
      const block = (await ask("eth_getBlockByHash", blockHash, false)) as { number: string } | null;
      return block && Number(block.number) > head
        ? { id, error: { code: -32000, message: "unknown block" } }
        : undefined;
    }
    if (method === "eth_getLogs" && filter?.toBlock && Number(filter.toBlock) > head) filter.toBlock = toHex(head);
    return undefined;
  }

  async function answer(calls: readonly Call[], single: boolean): Promise<Answer[]> {
    const unknown = await behind(calls);
    const answers = JSON.parse(await post(JSON.stringify(single ? calls[0] : calls))) as Answer | Answer[];
    return [answers].flat().map((each, i) => {
      const call = calls[i] as Call;
      if (unknown[i]) return { jsonrpc: "2.0", ...unknown[i] };
      return proxy.lie && each.result !== undefined ? { ...each, result: proxy.lie(call, each.result) } : each;
    });
  }

  /** Some of the answers spoilt; whether there were any that could be. */
  async function spoil(fault: keyof typeof spoils, calls: readonly Call[], answers: Answer[]): Promise<boolean> {
    const all = random.chance(0.2);
    let spoilt = false;
    for (
      let i = random.between(0, calls.length - 1), left = calls.length;
      left > 0;
      left--, i = (i + 1) % calls.length
    ) {
      const given = answers[i] as Answer;
      if (given.result === undefined) continue;
      const result = await spoils[fault](calls[i] as Call, given.result, { random, ask });
      if (result === undefined) continue;
      answers[i] = { ...given, result };
      spoilt = true;
      if (!all) break;
    }
    return spoilt;
  }

  /** What goes wrong with an exchange. A budget is kept to all the time, other kinds happen at their rate. */
  function choose(calls: readonly Call[], single: boolean): Fault | undefined {
    const { rate, budget } = proxy.plan;
    if (budget?.admit(calls.length) === 0) return "http:budget";
    const kinds = proxy.plan.kinds.filter((kind) => kind !== "http:budget" && concerns(kind, calls, single));
    return kinds.length > 0 && random.chance(rate) ? random.pick(kinds) : undefined;
  }

  async function handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = JSON.parse(await readText(request)) as Call | Call[];
    await gate;
    const single = !Array.isArray(body);
    const calls = [body].flat();
    const fault = choose(calls, single);
    const count = () => fault && done.set(fault, (done.get(fault) ?? 0) + 1);
    if (fault === "http:reset" || fault === "http:hang") {
      count();
      if (fault === "http:reset") response.destroy();
      return;
    }
    const answers = await answer(calls, single);
    let sent: Sent | undefined;
    if (fault && isSpoil(fault)) {
      if (await spoil(fault, calls, answers)) count();
    } else if (fault) {
      sent = broken(fault, answers, single, random);
      if (sent) count();
      if (fault === "http:slow") await sleep(random.between(...SLOW), undefined, { signal: ended.signal });
    }
    const { status, headers, text } = sent ?? {
      status: 200,
      headers: {},
      text: JSON.stringify(single ? answers[0] : answers),
    };
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  }

  // The indexer may be killed, or the proxy closed, in the midst of an exchange.
  const server = http.createServer((request, response) => handle(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan: { rate: 0, kinds: [] },
    lag: 0,
    lie: undefined,
    done,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = undefined;
        resolve();
      };
    },
    async close() {
      ended.abort();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
