import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as readText } from "node:stream/consumers";

/** How a node says that there are too many requests. */
export interface Wording {
  status?: number;
  headers?: Record<string, string>;
  /** Instead of JSON-RPC. */
  text?: string;
  /** A JSON-RPC error. */
  error?: { code: number; message: string };
}

/** What a provider allows. */
export interface Allowance {
  /** Requests a second, of which it saves up a second's. */
  rate: number;
  /** Whether each call of a batch counts; those that fit are answered then, unless `whole` batches are refused. */
  counts?: "requests" | "calls" | "whole batches";
}

/** Keeps account of an allowance. */
export interface Budget {
  /** How many calls of a request of so many are within it; they are spent. */
  admit(calls: number): number;
  /** What was spent, counted as the allowance does. */
  spent(): number;
}

/** A budget, by a clock in milliseconds. */
export function createBudget({ rate, counts = "requests" }: Allowance, now = () => performance.now()): Budget {
  let tokens = rate;
  let filledAt = now();
  let spent = 0;
  return {
    admit(calls) {
      tokens = Math.min(tokens + ((now() - filledAt) / 1000) * rate, rate);
      filledAt = now();
      const cost = counts === "requests" ? 1 : calls;
      const paid = counts === "calls" ? Math.min(cost, Math.floor(tokens)) : tokens >= cost ? cost : 0;
      tokens -= paid;
      spent += paid;
      return counts === "requests" ? paid * calls : paid;
    },
    spent: () => spent,
  };
}

/** A node behind a provider with a budget. */
export interface Provider {
  url: string;
  budget: Budget;
  /** How many requests were refused at least one call. */
  refused: number;
  close(): Promise<void>;
}

interface Call {
  id: number;
}

/** Starts a provider for the node at a URL; it refuses, in its wording, what is beyond its budget. */
export async function startProvider(
  node: string,
  { wording, ...allowance }: Allowance & { wording: Wording },
): Promise<Provider> {
  const budget = createBudget(allowance);

  async function ask(calls: readonly Call[]): Promise<object[]> {
    const body = JSON.stringify(calls);
    const response = await fetch(node, { method: "POST", headers: { "content-type": "application/json" }, body });
    return (await response.json()) as object[];
  }

  async function answer(asked: Call | Call[], response: ServerResponse): Promise<void> {
    const calls = [asked].flat();
    const admitted = budget.admit(calls.length);
    const { status = 200, headers = {}, text, error } = wording;
    if (admitted < calls.length) provider.refused++;
    if (admitted === 0 && (text !== undefined || allowance.counts === "whole batches")) {
      response.writeHead(status, headers).end(text ?? JSON.stringify({ jsonrpc: "2.0", id: null, error }));
      return;
    }
    const answers: object[] = admitted > 0 ? await ask(calls.slice(0, admitted)) : [];
    for (const { id } of calls.slice(admitted)) answers.push({ jsonrpc: "2.0", id, error });
    response
      .writeHead(admitted === 0 ? status : 200, admitted === 0 ? headers : {})
      .end(JSON.stringify(Array.isArray(asked) ? answers : answers[0]));
  }

  const server = createServer(async (request, response) => {
    await answer(JSON.parse(await readText(request)), response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const provider: Provider = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    budget,
    refused: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return provider;
}
