import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A JSON-RPC call as a server gets it. */
export interface Asked {
  id: number;
  method: string;
  params: unknown[];
}

type Reply = (response: ServerResponse, calls: Asked[], headers: IncomingHttpHeaders) => void;

/** A server whose answers a test sets; it keeps the requests, except those for its chain id. */
export interface Scripted {
  url: string;
  /** What to do with the next requests. */
  reply: Reply;
  chainId: number;
  asked: Asked[][];
  close(): Promise<void>;
}

/** Answers each call with the result that `resultOf` gives it. */
export const results =
  (resultOf: (call: Asked) => unknown): Reply =>
  (response, calls) => {
    const answers = calls.map((call) => ({ jsonrpc: "2.0", id: call.id, result: resultOf(call) }));
    response.end(JSON.stringify(answers.length > 1 ? answers : answers[0]));
  };

/** Answers with this status and text. */
export const text =
  (body: string, status = 200, headers: Record<string, string> = {}): Reply =>
  (response) =>
    response.writeHead(status, headers).end(body);

export async function startScripted(reply: Reply = results(() => "0x1"), port = 0): Promise<Scripted> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const parsed = JSON.parse(body) as Asked | Asked[];
    const calls = Array.isArray(parsed) ? parsed : [parsed];
    if (calls[0]?.method === "eth_chainId")
      return results(() => `0x${scripted.chainId.toString(16)}`)(response, calls, request.headers);
    scripted.asked.push(calls);
    scripted.reply(response, calls, request.headers);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const scripted: Scripted = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reply,
    chainId: 31337,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return scripted;
}
