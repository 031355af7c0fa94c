import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A server of a test's own. */
export interface Standin {
  url: string;
  close(): Promise<void>;
}

/** A cursor that {@link lyingApi} takes for none. */
export const IGNORED_CURSOR = "again";

/** An API that passes on what a real one answers, but changes the answers of a route to lies. */
export function lyingApi<T>(honest: string, route: RegExp, lie: (body: T) => void): Promise<Standin> {
  return serve(
    createServer(async (request, response) => {
      const path = (request.url ?? "/").replace(`&cursor=${IGNORED_CURSOR}`, "");
      const answer = await fetch(new URL(path, honest));
      const text = await answer.text();
      const sent = answer.ok && route.test(path) ? lyingText(text, lie) : text;
      response.writeHead(answer.status, JSON_TYPE).end(sent);
    }),
  );
}

function lyingText<T>(text: string, lie: (body: T) => void): string {
  const body = JSON.parse(text) as T;
  lie(body);
  return JSON.stringify(body);
}

/** A log as `eth_getLogs` gives it. */
export interface RawLog {
  topics: string[];
  data: string;
}

/** An RPC that passes on what a real one answers, but changes each log to a lie. */
export function lyingRpc(honest: string, lie: (log: RawLog) => void): Promise<Standin> {
  return serve(
    createServer(async (request, response) => {
      const body = await bodyOf(request);
      const answer = await passOn(honest, body);
      const isLogs = (JSON.parse(body) as { method: string }).method === "eth_getLogs";
      const spoil = ({ result }: { result: RawLog[] }) => void result.forEach(lie);
      response.writeHead(answer.status, JSON_TYPE).end(isLogs ? lyingText(answer.text, spoil) : answer.text);
    }),
  );
}

/** An RPC that passes on requests until one names `lastMethod`, and is gone from then on. */
export function failingRpc(honest: string, lastMethod: string): Promise<Standin> {
  let gone = false;
  return serve(
    createServer(async (request, response) => {
      const body = await bodyOf(request);
      gone ||= body.includes(lastMethod);
      if (gone) return response.destroy();
      const answer = await passOn(honest, body);
      return response.writeHead(answer.status, JSON_TYPE).end(answer.text);
    }),
  );
}

const JSON_TYPE = { "content-type": "application/json" };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function passOn(url: string, body: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { method: "POST", body, headers: JSON_TYPE });
  return { status: answer.status, text: await answer.text() };
}

async function serve(server: Server): Promise<Standin> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
