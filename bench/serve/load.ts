// Asks a server as often as it answers, over a number of connections, each with paths of its own in turn. It says that
// it takes compressed answers, as browsers do.

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

interface Client {
  setRequests(requests: { path: string }[]): void;
  on(event: "response", listener: (status: number, bytes: number, milliseconds: number) => void): void;
}

interface Result {
  requests: { total: number };
  duration: number;
  non2xx: number;
  errors: number;
}

const WARM_UP = 1;

const PACKAGE = "autocannon";
const program = new URL(`../peers/${PACKAGE}/node_modules/${PACKAGE}/${PACKAGE}.js`, import.meta.url);
const { default: autocannon } = (await import(program.href)) as { default: (options: object) => Promise<Result> };

process.once("message", async (load: Load) => {
  await ask({ ...load, seconds: WARM_UP });
  process.send?.(await ask(load));
  process.disconnect();
});

async function ask({ url, connections, seconds, paths }: Load): Promise<Outcome> {
  const times: number[] = [];
  let clients = 0;
  const { requests, duration, non2xx, errors } = await autocannon({
    ...{ url, connections, duration: seconds, headers: { "accept-encoding": "gzip, deflate, br" } },
    setupClient(client: Client) {
      const own = paths[clients++ % paths.length] as string[];
      client.setRequests(own.map((path) => ({ path })));
      client.on("response", (_status, _bytes, milliseconds) => times.push(milliseconds));
    },
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} of ${requests.total} requests to ${url} failed.`);
  times.sort((a, b) => a - b);
  const quantile = (part: number) => times[Math.floor(part * times.length)] as number;
  return { requestsPerSecond: requests.total / duration, p50Ms: quantile(0.5), p99Ms: quantile(0.99) };
}
