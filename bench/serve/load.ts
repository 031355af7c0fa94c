// Asks a server as often as it answers, over several connections, each with its own paths in turn; for the requested number
// of seconds, as often as requested. It accepts compressed answers, as browsers do. Load generators on npm take longer for
// an answer than the server does, so they would measure themselves.
// It doesn't sleep, else the server had to wake it for every answer.

import { once } from "node:events";
import { connect } from "node:net";

/** What is asked. */
export interface Load {
  url: string;
  /** Paths of each connection. */
  paths: string[][];
}

/** Answers a second, and how long they took. */
export interface Outcome {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Requests of a connection, and how many were made. */
interface Requests {
  all: Buffer[];
  made: number;
}

const END_OF_HEAD = "\r\n\r\n";

process.once("message", ({ url, paths }: Load) => {
  const { host, hostname, port } = new URL(url);
  const requests = paths.map((own) => ({ all: own.map((path) => requestOf(path, host)), made: 0 }));
  process.on("message", async (seconds: number) =>
    process.send?.(await ask(hostname, Number(port), requests, seconds)),
  );
});

async function ask(host: string, port: number, requests: Requests[], seconds: number): Promise<Outcome> {
  const times: number[] = [];
  const from = performance.now();
  const until = from + seconds * 1_000;
  let isOver = false;
  (function stayAwake() {
    if (!isOver) setImmediate(stayAwake);
  })();
  await Promise.all(requests.map((own) => converse(host, port, own, until, times)));
  isOver = true;
  const duration = (performance.now() - from) / 1_000;
  times.sort((a, b) => a - b);
  const quantile = (part: number) => times[Math.floor(part * times.length)] as number;
  return { requestsPerSecond: times.length / duration, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

/** Asks over one connection, each time when the last answer has come, and adds the milliseconds that it took. */
async function converse(host: string, port: number, requests: Requests, until: number, times: number[]): Promise<void> {
  const socket = connect({ host, port, noDelay: true });
  let askedAt = 0;
  /** Bytes of the answer that are still to come. */
  let left = 0;
  const next = () => {
    askedAt = performance.now();
    socket.write(requests.all[requests.made++ % requests.all.length] as Buffer);
  };
  socket.on("connect", next).on("data", (bytes) => {
    left += left === 0 ? lengthOf(bytes) - bytes.length : -bytes.length;
    if (left > 0) return;
    const now = performance.now();
    times.push(now - askedAt);
    if (now < until) next();
    else socket.end();
  });
  await once(socket, "close");
}

const requestOf = (path: string, host: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: gzip, deflate, br\r\n\r\n`);

/** Length in bytes of an answer whose head has arrived; throws unless its status is good. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf(END_OF_HEAD);
  const head = bytes.toString("latin1", 0, end);
  const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)/is.exec(head)?.[1];
  if (end < 0 || length === undefined) throw new Error(`The server answered: ${head.slice(0, 1_000)}`);
  return end + END_OF_HEAD.length + Number(length);
}
