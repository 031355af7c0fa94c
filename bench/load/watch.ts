import type { ChildProcess } from "node:child_process";
import { request } from "node:http";
import type { Readiness } from "../../sdk/wire.ts";
import { usageOf } from "../sync/usage.ts";

/** What was seen of an indexer under load; `failed` counts its probes that weren't answered by 200. */
export interface Watched {
  lagBlocksMax: number;
  probeMsMax: number;
  rssMiBMiddle: number;
  rssMiBEnd: number;
  failed: number;
}

interface Watching {
  url: string;
  pid: number;
  seconds: number;
  /** Sends the number of each new block. */
  node: ChildProcess;
}

const EVERY = 250;
const PATIENCE = 30_000;

/** Probes an indexer as a supervisor does, over a new connection each time, and looks at its memory, until it is told to end. */
export function watch({ url, pid, seconds, node }: Watching): { end: () => Promise<Watched> } {
  const began = performance.now();
  const probes: Promise<void>[] = [];
  const memory: { at: number; mib: number }[] = [];
  let [head, lagBlocksMax, probeMsMax, failed] = [0, 0, 0, 0];
  node.on("message", (number: number) => {
    head = number;
  });

  async function probe(path: string): Promise<void> {
    const [asked, from] = [head, performance.now()];
    const body = await get(url + path).catch(() => undefined);
    probeMsMax = Math.max(probeMsMax, performance.now() - from);
    if (body === undefined) failed++;
    else if (path === "/readyz")
      lagBlocksMax = Math.max(lagBlocksMax, asked - (JSON.parse(body) as Readiness).blockNumber);
  }

  const timer = setInterval(() => {
    probes.push(probe("/healthz"), probe("/readyz"));
    memory.push({ at: performance.now() - began, mib: usageOf([pid]).rssMiB });
  }, EVERY);

  /** The median of a tenth of the time around a part of it. */
  function memoryAround(part: number): number {
    const [from, to] = [(part - 0.05) * seconds * 1_000, (part + 0.05) * seconds * 1_000];
    const seen = memory.filter(({ at }) => at >= from && at <= to).map(({ mib }) => mib);
    return seen.toSorted((a, b) => a - b)[seen.length >> 1] ?? 0;
  }

  return {
    async end() {
      clearInterval(timer);
      await Promise.all(probes);
      return {
        ...{ lagBlocksMax, probeMsMax, failed },
        ...{ rssMiBMiddle: memoryAround(0.5), rssMiBEnd: memoryAround(0.95) },
      };
    },
  };
}

/** The body of an answer of status 200, asked for over a connection of its own. */
const get = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: PATIENCE }, (response) => {
      let body = "";
      response.on("data", (text) => (body += text));
      response.on("end", () => (response.statusCode === 200 ? resolve(body) : reject(new Error(body))));
    });
    asked.on("timeout", () => asked.destroy(new Error("Nothing was answered.")));
    asked.on("error", reject).end();
  });
