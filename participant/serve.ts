import { open } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseCid } from "../sdk/content.ts";

/** Where a server listens; port 0 takes a free one. */
export interface ServedAt {
  host: string;
  port: number;
}

/** A running server of content. */
export interface ContentServer {
  /** As in `http://127.0.0.1:4001`, without a path. */
  url: string;
  /** Ends it, and every answer that is under way. */
  close(): Promise<void>;
}

const MOST_CONNECTIONS = 64;
/** A client must send its request, and take on each part of the answer, within this time. */
const PATIENCE_MS = 15_000;

/**
 * Serves a directory's content, one file for each CID, at `/ipfs/<cid>`, so that other participants can fetch it. Whoever
 * fetches it hashes it again. Throws a sentence when it can't listen there.
 */
export async function serveContent(directory: string, { host, port }: ServedAt): Promise<ContentServer> {
  const server = createServer({ requestTimeout: PATIENCE_MS, headersTimeout: PATIENCE_MS }, (request, response) => {
    // A client that goes away ends its answer only.
    answer(directory, request, response).catch(() => response.destroy());
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(PATIENCE_MS);
  await new Promise<void>((resolve, reject) => {
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      reject(new Error(`Content can't be served at ${host}, port ${port}: ${reasonOf(code)}.`)),
    );
    server.listen(port, host, resolve);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const reasonOf = (code: string | undefined): string =>
  code === "EADDRINUSE" ? "another process listens there" : `the system says ${code}`;

async function answer(directory: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, sentence: string, headers = {}) =>
    response.writeHead(status, { "content-type": "text/plain; charset=utf-8", ...headers }).end(`${sentence}\n`);

  const { method, url = "" } = request;
  if (method !== "GET" && method !== "HEAD")
    return void refuse(405, `Only GET and HEAD are answered, not ${method}.`, { allow: "GET, HEAD" });
  const cid = /^\/ipfs\/([^/?]+)$/.exec(url)?.[1];
  if (cid === undefined) return void refuse(404, "There is only content here, at /ipfs/<cid>.");
  try {
    parseCid(cid); // Also keeps a path out of the directory's names.
  } catch (error) {
    return void refuse(400, (error as Error).message);
  }
  const file = await open(join(directory, cid)).catch(() => undefined);
  if (file === undefined) return void refuse(404, `There is no content ${cid} here.`);
  try {
    const { size } = await file.stat();
    response.writeHead(200, {
      "content-type": "application/octet-stream",
      "content-length": size,
      "cache-control": "public, max-age=31536000, immutable",
    });
    if (method === "HEAD") response.end();
    else await pipeline(file.createReadStream({ autoClose: false }), response);
  } finally {
    await file.close();
  }
}
