import { custom, RpcRequestError } from "viem";
import { type Client, connect } from "../../../sdk/client.ts";

/** A log as a node tells it. */
export interface ToldLog {
  topics: string[];
  data: string;
}

/** What a node does otherwise than an honest one. */
export interface Oddity {
  /** Called before each request, with its method. */
  before?: (method: string) => Promise<void> | void;
  /** Most blocks of a range and most bytes of a call that aren't refused. */
  mostBlocks?: number;
  mostCallBytes?: number;
  /** Changes the logs of an answer. */
  logs?: (logs: ToldLog[]) => ToldLog[];
  /** Changes any other answer. */
  answer?: (method: string, result: unknown) => unknown;
}

/** A client of the same deployment whose node is odd; `calls` counts the requests by method. */
export function oddly(client: Client, oddity: Oddity = {}): Client & { calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const refuse = (message: string): never => {
    throw new RpcRequestError({ body: {}, url: "http://odd", error: { code: -32602, message } });
  };
  const request = async (body: { method: string; params?: unknown }): Promise<unknown> => {
    const { method, params } = body;
    calls[method] = (calls[method] ?? 0) + 1;
    await oddity.before?.(method);
    const [first] = (params ?? []) as [{ fromBlock: string; toBlock: string; data: string }];
    if (method === "eth_getLogs" && Number(first.toBlock) - Number(first.fromBlock) >= (oddity.mostBlocks ?? Infinity))
      refuse("range too large");
    if (method === "eth_call" && first.data.length / 2 > (oddity.mostCallBytes ?? Infinity)) refuse("too much data");
    const result: unknown = await client.rpc.request(body as never);
    if (method === "eth_getLogs") return (oddity.logs ?? ((logs) => logs))(result as ToldLog[]);
    return oddity.answer ? oddity.answer(method, result) : result;
  };
  return { ...connect(client.deployment, custom({ request }, { retryCount: 0 })), calls };
}
