import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import manifest from "../package.json" with { type: "json" };
import { type Answers, type Asking, routesOf } from "./load/asking.ts";
import { type Watched, watch } from "./load/watch.ts";
import type { Row } from "./report.ts";
import { type Child, startChild } from "./sync/child.ts";
import { deployment } from "./sync/deployment.ts";
import { WrongUse } from "./wrong-use.ts";

type Choice = Omit<Asking, "url" | "routes"> & {
  blocks: number;
  only: string | undefined;
  /** Thousands of events of the season. */
  thousands: number;
};

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const LOOK_EVERY = 50;
const EVENTS = 1_000;

/**
 * An indexer that follows a chain while it is asked for more than it can answer. A row for each route: how many requests
 * were answered, refused by 429 or 503, and failed otherwise, and how long an answer took. The last row is of all: how
 * far the indexer was behind the chain at most, in blocks; how long a probe took at most; and the memory that the process
 * had in the middle and at the end.
 */
export async function load(args: string[]): Promise<Row[]> {
  const { blocks, only, thousands, ...choice } = choose(args);
  const directory = mkdtempSync(join(tmpdir(), "proofboard-load-"));
  const node = fork(at("load/node.ts"), [String(EVENTS * thousands)], { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  let indexer: Child | undefined;
  try {
    const rpc = await new Promise<string>((resolve, reject) => {
      node.once("exit", () => reject(new Error("The node ended.")));
      node.stdout?.on("data", (text: Buffer) => resolve(/Listening at (\S+)/.exec(String(text))?.[1] ?? ""));
    });
    writeFileSync(join(directory, "deployment.json"), JSON.stringify(deployment));
    indexer = startChild(process.execPath, [
      ...manifest.scripts.indexer.split(" ").slice(1, -1),
      ...[at("../indexer/start.js"), "--rpc", rpc, "--db", join(directory, "db"), "--port", "0", "--poll", "100"],
      ...["--deployment", join(directory, "deployment.json"), "--trust-proxy", "127.0.0.1"],
    ]);
    const url = await ready(indexer);
    const routes = (await routesOf(url)).filter(({ name }) => only === undefined || name === only);
    if (routes.length === 0) throw new WrongUse(`--only is "${only}", which is no route of this benchmark.`);
    node.send({ blocksPerSecond: blocks });
    const watched = watch({ url, pid: indexer.pid, seconds: choice.seconds, node });
    const asker = fork(at("load/asker.ts"));
    asker.send({ url, routes, ...choice } satisfies Asking);
    const [answers] = (await once(asker, "message")) as [Answers];
    return rowsOf(answers, await watched.end());
  } finally {
    await indexer?.stop();
    node.kill();
    rmSync(directory, { recursive: true });
  }
}

function choose(args: string[]): Choice {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: "string", default: "240" },
      connections: { type: "string", default: "512" },
      addresses: { type: "string", default: "256" },
      blocks: { type: "string", default: "4" },
      rate: { type: "string", default: "0" },
      only: { type: "string" },
      thousands: { type: "string", default: "60" },
    },
  });
  const number = (
    name: "seconds" | "connections" | "addresses" | "blocks" | "rate" | "thousands",
    least = 1,
  ): number => {
    const text = values[name];
    if (!/^\d{1,5}$/.test(text) || Number(text) < least)
      throw new WrongUse(`--${name} is "${text}"; a whole number from ${least} on is asked.`);
    return Number(text);
  };
  return {
    ...{ seconds: number("seconds"), connections: number("connections"), addresses: number("addresses") },
    ...{ blocks: number("blocks"), perSecond: number("rate", 0), only: values.only },
    thousands: 3 * Math.ceil(number("thousands") / 3),
  };
}

async function ready(indexer: Child): Promise<string> {
  for (;;) {
    const [, url] = indexer.find(/Indexer at (http:\S+)/) ?? [];
    if (url !== undefined && (await fetch(`${url}/readyz`)).ok) return url;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

function rowsOf(answers: Answers, { lagBlocksMax, probeMsMax, rssMiBMiddle, rssMiBEnd, failed }: Watched): Row[] {
  const counted = Object.entries(answers).map(([name, { times, refused, failed }]) => ({
    ...{ name, accepted: times.length, refused, failed },
    ...{ p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99), maxMs: quantile(times, 1) },
  }));
  const sum = (field: "accepted" | "refused" | "failed") => counted.reduce((all, row) => all + row[field], 0);
  const times = Object.values(answers).flatMap(({ times }) => times);
  return [
    ...counted,
    {
      ...{ name: "load", lagBlocksMax, probeMsMax: Math.round(probeMsMax), acceptedP99Ms: quantile(times, 0.99) },
      ...{ rssMiBMiddle: Math.round(rssMiBMiddle), rssMiBEnd: Math.round(rssMiBEnd) },
      ...{ accepted: sum("accepted"), refused: sum("refused"), failed: sum("failed") + failed },
    },
  ];
}

function quantile(times: readonly number[], part: number): number | undefined {
  const sorted = Float64Array.from(times).sort();
  const found = sorted[Math.min(Math.floor(part * sorted.length), sorted.length - 1)];
  return found === undefined ? undefined : Math.round(found * 10) / 10;
}
