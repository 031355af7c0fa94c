// Asks a server as often as it answers, over a number of connections, each with paths of its own in turn. It says that
// it takes compressed answers, as browsers do. Its own code, for what load generators on npm take for an answer is more
// than what the server takes: they would measure themselves. It never sleeps, else the server had to wake it for an answer.

import { once } from "node:events";
import { connect } from "node:net";

/** What is asked, and for how long. */
export interface Load {
  url: string;
  connections: number;
  seconds: number;
  /** Paths of each connection. */
  paths: string[][];
}

/** Answers a second, and how long they took. */
export interface Outcome {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
}

const WARM_UP = 1;
const END_OF_HEAD = "\r\n\r\n";

process.once("message", async (load: Load) => {
  stayAwake();
  await ask({ ...load, seconds: WARM_UP });
  process.send?.(await ask(load), () => process.exit());
});

function stayAwake(): void {
  setImmediate(stayAwake);
}

async function ask({ url, connections, seconds, paths }: Load): Promise<Outcome> {
  const { hostname, port } = new URL(url);
  const times: number[] = [];
  const from = performance.now();
  const until = from + seconds * 1_000;

  async function converse(asked: readonly Buffer[]): Promise<void> {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let answers = 0;
    let askedAt = 0;
    /** Bytes of the answer that are still to come. */
    let left = 0;
    const next = () => {
      askedAt = performance.now();
      socket.write(asked[answers++ % asked.length] as Buffer);
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

  const requests = paths.map((own) => own.map((path) => requestOf(path, `${hostname}:${port}`)));
  await Promise.all(Array.from({ length: connections }, (_, i) => converse(requests[i % requests.length] as Buffer[])));
  const duration = (performance.now() - from) / 1_000;
  times.sort((a, b) => a - b);
  const quantile = (part: number) => times[Math.floor(part * times.length)] as number;
  return { requestsPerSecond: times.length / duration, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}

const requestOf = (path: string, host: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\naccept-encoding: gzip, deflate, br\r\n\r\n`);

/** Bytes of a good answer, of which the head has come as a whole; else throws. */
function lengthOf(bytes: Buffer): number {
  const end = bytes.indexOf(END_OF_HEAD);
  const head = bytes.toString("latin1", 0, end);
  const length = /^HTTP\/1\.1 200 .*\r\ncontent-length: (\d+)/is.exec(head)?.[1];
  if (end < 0 || length === undefined) throw new Error(`The server answered: ${head.slice(0, 1_000)}`);
  return end + END_OF_HEAD.length + Number(length);
}
