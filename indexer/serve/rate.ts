import { isIPv6 } from "node:net";
import type { FastifyRequest } from "fastify";
import { Address6 } from "ip-address";
import { LruMap } from "toad-cache";
import { ProblemError } from "./problems.ts";
import type { App } from "./state.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Requests are neither counted nor refused. */
    unlimited?: boolean;
  }
}

/** Route option for what must always answer: probes and metrics. */
export const UNLIMITED = { unlimited: true } as const;

const MINUTE = 60_000;
/** Most addresses counted at once: those with the latest requests. */
const MOST_ADDRESSES = 5_000;

/**
 * Refuses an address that makes more than `most` requests within a minute from its first one. Counts without promises:
 * docs/performance.md, Requests.
 */
export function limitRate(app: App, most: number): void {
  const counts = new LruMap<{ requests: number }>(MOST_ADDRESSES, MINUTE);

  function countOf(address: string): { requests: number } {
    const known = counts.get(address);
    if (known) return known;
    const count = { requests: 0 };
    counts.set(address, count);
    return count;
  }

  app.addHook("onRequest", (request, reply, done) => {
    if (request.routeOptions.config.unlimited) return done();
    const address = addressOf(request);
    if (++countOf(address).requests <= most) return done();
    const seconds = Math.ceil((counts.expiresAt(address) - Date.now()) / 1_000);
    reply.header("retry-after", seconds);
    done(
      new ProblemError(
        429,
        `More than ${most} requests came from ${request.ip} within a minute: ask again in ${seconds} s.`,
      ),
    );
  });
}

/** The client's address, or the one that a proxy on this machine names. Of IPv6 the network, which one client owns. */
function addressOf(request: FastifyRequest): string {
  const isForwarded = request.headers["x-forwarded-for"] !== undefined;
  const address = (isForwarded ? undefined : request.raw.socket.remoteAddress) ?? request.ip;
  return address.includes(":") && isIPv6(address) ? networkOf(address) : address;
}

function networkOf(ip: string): string {
  const address = new Address6(ip);
  return address.isMapped4() ? address.to4().correctForm() : new Address6(`${ip}/64`).startAddress().correctForm();
}
