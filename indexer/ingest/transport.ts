import type { IncomingMessage } from "node:http";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { type NodeAccess, nameOf } from "./access.ts";
import { readAnswer } from "./answer.ts";
import { RpcError } from "./errors.ts";

/** What is sent to a node. */
interface Message {
  body: string;
  /** What the body asks for, in errors. */
  method: string;
  /** The longest answer that is read, in bytes. */
  longest: number;
  signal: AbortSignal;
}

/** What a node sent back. */
export interface Answer {
  /** The HTTP status. */
  status: number;
  text: string;
  /** How long the node asks to wait, in milliseconds. */
  retryAfter: number | undefined;
}

/** Sends a message to one node. Throws {@link RpcError}, or the signal's reason. */
export type Transport = (message: Message) => Promise<Answer>;

/**
 * HTTP with connections that are kept; `timeout` is the longest wait for a whole answer, in milliseconds. Nodes elsewhere
 * are reached through the proxy that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name.
 */
export function createTransport(node: NodeAccess, timeout: number): Transport {
  const { protocol, hostname } = new URL(node.url);
  // Not imported as a module: docs/performance.md, Start.
  const { request, Agent } = process.getBuiltinModule(protocol === "https:" ? "node:https" : "node:http");
  const local = isLocal(hostname);
  const agent = new Agent({ keepAlive: true, ...(local ? {} : { proxyEnv: process.env }) });
  const headers = {
    "content-type": "application/json",
    // On this machine compression takes longer than sending.
    "accept-encoding": local ? "identity" : "gzip",
    ...node.headers,
  };
  const name = nameOf(node);

  function open(body: string, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(node.url, { method: "POST", agent, headers, signal }, resolve);
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // The node closed a kept connection while this request was on its way.
        if (sent.reusedSocket && error.code === "ECONNRESET" && !signal.aborted) resolve(open(body, signal));
        else reject(error);
      });
      sent.end(body);
    });
  }

  return async ({ body, method, longest, signal }) => {
    const deadline = AbortSignal.timeout(timeout);
    try {
      const response = await open(body, AbortSignal.any([signal, deadline]));
      const zipped = response.headers["content-encoding"] === "gzip";
      const stream = zipped ? pipeline(response, createGunzip(), () => {}) : response;
      return {
        status: response.statusCode ?? 0,
        text: await readAnswer(stream, longest, `${name} answered ${method}`),
        retryAfter: millisecondsOf(response.headers["retry-after"]),
      };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RpcError) throw error;
      if (deadline.aborted) throw new RpcError(`${name} did not answer ${method} within ${timeout} ms.`, "timeout");
      // Several addresses that all refuse are one error without a message.
      const { message, code } = error as NodeJS.ErrnoException;
      throw new RpcError(`${name} can't be reached: ${message || code}.`, "unreachable");
    }
  };
}

const isLocal = (hostname: string): boolean => ["127.0.0.1", "localhost", "[::1]"].includes(hostname);

const LONGEST_REST = 300_000;

// Seconds, or a date (RFC 9110).
function millisecondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  const rest = /^\d+$/.test(retryAfter) ? 1000 * Number(retryAfter) : Date.parse(retryAfter) - Date.now();
  return rest > 0 ? Math.min(rest, LONGEST_REST) : undefined;
}
