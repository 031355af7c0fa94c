import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { RpcError } from "./errors.ts";

/** Sends a body to one URL and returns the answer's body. Throws {@link RpcError}, or the signal's reason. */
export type Transport = (body: string, signal: AbortSignal) => Promise<string>;

// In bytes, to bound memory. Longer answers are requested in halves.
const LONGEST_ANSWER = 256 * 2 ** 20;

/** HTTP with connections that are kept; `timeout` is the longest wait for a whole answer, in milliseconds. */
export function createTransport(url: string, timeout: number): Transport {
  const { protocol, hostname } = new URL(url);
  // Not imported as a module: docs/performance.md, Start.
  const { request, Agent } = process.getBuiltinModule(protocol === "https:" ? "node:https" : "node:http");
  const agent = new Agent({ keepAlive: true });
  const headers = {
    "content-type": "application/json",
    // On this machine compression takes longer than sending.
    "accept-encoding": isLocal(hostname) ? "identity" : "gzip",
  };
  const name = nameOf(url);

  function open(body: string, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { method: "POST", agent, headers, signal }, resolve);
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // The node closed a kept connection while this request was on its way.
        if (sent.reusedSocket && error.code === "ECONNRESET" && !signal.aborted) resolve(open(body, signal));
        else reject(error);
      });
      sent.end(body);
    });
  }

  return async (body, signal) => {
    const deadline = AbortSignal.timeout(timeout);
    try {
      const response = await open(body, AbortSignal.any([signal, deadline]));
      const text = await readText(response, name);
      checkStatus(response, text, name);
      return text;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RpcError) throw error;
      if (deadline.aborted) throw new RpcError(`${name} did not answer within ${timeout} ms.`, "timeout");
      // Several addresses that all refuse are one error without a message.
      const { message, code } = error as NodeJS.ErrnoException;
      throw new RpcError(`${name} can't be reached: ${message || code}.`, "unreachable");
    }
  };
}

/** A node's path or query often holds an API key: errors and logs name its host only. */
export const nameOf = (url: string): string => `The node at ${new URL(url).host}`;

const isLocal = (hostname: string): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(hostname);

async function readText(response: IncomingMessage, name: string): Promise<string> {
  const zipped = response.headers["content-encoding"] === "gzip";
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of zipped ? pipeline(response, createGunzip(), () => {}) : response) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > LONGEST_ANSWER) throw new RpcError(`${name} answered with more than ${LONGEST_ANSWER} bytes.`, "status");
  }
  return Buffer.concat(chunks, size).toString();
}

// Some nodes send a JSON-RPC error with a status from 400 on; its message says more than the status.
function checkStatus(response: IncomingMessage, text: string, name: string): void {
  const status = response.statusCode ?? 0;
  const seconds = secondsOf(response.headers["retry-after"]);
  if (status === 429 || (status === 503 && seconds !== undefined)) throw rateLimited(name, seconds);
  if (status >= 300 && !text.startsWith("{")) throw new RpcError(`${name} answered with status ${status}.`, "status");
}

const LONGEST_REST = 300;

// Seconds, or a date.
function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return seconds > 0 ? Math.min(seconds, LONGEST_REST) : undefined;
}

function rateLimited(name: string, seconds: number | undefined): RpcError {
  const after = seconds === undefined ? "" : ` and asks to wait for ${Math.ceil(seconds)} s`;
  const rest = seconds === undefined ? undefined : seconds * 1000;
  return new RpcError(`${name} answered that there are too many requests${after}.`, "rate-limited", rest);
}
