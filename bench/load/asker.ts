// Asks a server over many connections as if each were of some client, and again as soon as it is answered or refused.

import { connect } from "node:net";
import type { Answers, Asking, Route } from "./asking.ts";

interface Answer {
  status: number;
  /** Whether the connection can be used again. */
  isOpen: boolean;
}

process.once("message", async (asking: Asking) => {
  const answers: Answers = Object.fromEntries(
    asking.routes.map(({ name }) => [name, { times: [], refused: 0, failed: 0 }]),
  );
  const until = performance.now() + asking.seconds * 1_000;
  await Promise.all(Array.from({ length: asking.connections }, (_, n) => ask(asking, n, until, answers)));
  process.send?.(answers, () => process.exit());
});

async function ask(
  { url, routes, addresses, perSecond, connections }: Asking,
  n: number,
  until: number,
  answers: Answers,
) {
  const { hostname, port, host } = new URL(url);
  const address = `10.0.${(n % addresses) >> 8}.${(n % addresses) & 255}`;
  const pause = perSecond === 0 ? 0 : (1_000 * connections) / perSecond;
  let connection: ReturnType<typeof converse> | undefined;
  if (pause > 0) await sleep(Math.random() * pause);
  while (performance.now() < until) {
    const { name, paths } = drawn(routes);
    const path = paths[Math.floor(Math.random() * paths.length)];
    const text = `GET ${path} HTTP/1.1\r\nhost: ${host}\r\nx-forwarded-for: ${address}\r\naccept-encoding: gzip, br\r\n\r\n`;
    const from = performance.now();
    connection ??= converse(hostname, Number(port));
    const answer = await connection.ask(text).catch(() => undefined);
    const of = answers[name] as Answers[string];
    if (answer?.status === 200) of.times.push(performance.now() - from);
    else if (answer?.status === 429 || answer?.status === 503) of.refused++;
    else of.failed++;
    if (!answer?.isOpen) connection = undefined;
    if (!answer) await sleep(100);
    if (pause > 0) await sleep(Math.max(pause - (performance.now() - from), 0));
  }
  connection?.end();
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function drawn(routes: readonly Route[]): Route {
  let left = Math.random() * routes.reduce((sum, { weight }) => sum + weight, 0);
  for (const route of routes) {
    left -= route.weight;
    if (left < 0) return route;
  }
  return routes[0] as Route;
}

/** One connection. Load generators on npm take longer for an answer than the server does. */
function converse(host: string, port: number) {
  const socket = connect({ host, port, noDelay: true }).on("error", () => {});
  const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
  return {
    end: () => socket.end(),
    async ask(text: string): Promise<Answer> {
      socket.write(text);
      let bytes: Buffer = Buffer.alloc(0);
      let answer: (Answer & { isWhole: (length: number, end: Buffer) => boolean }) | undefined;
      let length = 0;
      for (;;) {
        const { value: chunk, done } = await chunks.next();
        if (done) throw new Error("The connection was closed.");
        length += chunk.length;
        bytes = answer ? Buffer.concat([bytes.subarray(-7), chunk.subarray(-7)]) : Buffer.concat([bytes, chunk]);
        answer ??= headOf(bytes);
        if (answer?.isWhole(length, bytes)) return answer;
      }
    },
  };
}

function headOf(bytes: Buffer) {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const whole = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  return {
    status: Number(head.slice(9, 12)),
    isOpen: !/\r\nconnection: close/i.test(head),
    isWhole: (length: number, last: Buffer) =>
      whole === undefined ? last.subarray(-5).equals(Buffer.from("0\r\n\r\n")) : length >= end + 4 + Number(whole),
  };
}
