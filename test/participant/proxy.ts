import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What a proxy answers instead of a result. */
export class Refusal {
  readonly error: { code: number; message: string } | undefined;
  readonly status: number;
  readonly headers: Record<string, string>;

  /** @param error A JSON-RPC error; undefined for none. @param status The HTTP status. */
  constructor(error: Refusal["error"], status = 200, headers: Record<string, string> = {}) {
    this.error = error;
    this.status = status;
    this.headers = headers;
  }
}

/** Passes a request on and breaks the connection before its answer. */
export const LOST = Symbol("lost");

/** An RPC in front of another that can go away and come back. */
export interface RpcProxy {
  url: string;
  /** What the proxy answers itself: a JSON-RPC result, a {@link Refusal} or {@link LOST}; undefined to pass the request on. */
  intercept: (method: string, params: unknown[]) => unknown;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export async function startProxy(target: string): Promise<RpcProxy> {
  let server: Server | undefined;
  let port = 0;
  const listen = async () => {
    server = createServer(async (request, response) => {
      const body = await read(request);
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown[] };
      const result = proxy.intercept(method, params);
      response.setHeader("content-type", "application/json");
      if (result instanceof Refusal) {
        const { error, status, headers } = result;
        return response.writeHead(status, headers).end(error && JSON.stringify({ jsonrpc: "2.0", id, error }));
      }
      if (result !== undefined && result !== LOST) return response.end(JSON.stringify({ jsonrpc: "2.0", id, result }));
      const answer = await fetch(target, { method: "POST", headers: { "content-type": "application/json" }, body });
      const text = await answer.text();
      if (result === LOST) request.socket.destroy();
      else response.end(text);
    });
    await new Promise<void>((done) => server?.listen(port, "127.0.0.1", done));
    port = (server.address() as AddressInfo).port;
  };
  await listen();
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${port}`,
    intercept: () => undefined,
    async goAway() {
      server?.closeAllConnections();
      await new Promise((done) => server?.close(done));
    },
    comeBack: listen,
  };
  return proxy;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
