import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Row } from "./report.ts";
import type { Load, Outcome } from "./serve/load.ts";
import { prepareSeason, STANDINGS, standingsOf } from "./serve/season.ts";
import { type Child, startChild } from "./sync/child.ts";
import { WrongUse } from "./wrong-use.ts";

/** How fast a route answers; `ratio` is of requests a second to those of the empty route over as many connections. */
interface Speed extends Row {
  name: "empty" | "top100" | "rank" | "around";
  connections: number;
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  ratio: number;
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const DIRECTORY = at("../cache/bench/serve");
const CONNECTIONS = [1, 16, 64];
/** Neighbours on each side. */
const AROUND = 5;
/** Accounts asked for by all connections together, before they are asked for again. */
const DRAWN = 50_000;

/**
 * The first hundred standings, the rank of an account drawn at random, and who stands around it, among a million
 * accounts; beside a Fastify of nothing but an empty route, in a process of its own. One process asks, another answers.
 */
export async function serve(args: string[]): Promise<Speed[]> {
  const { accounts, seconds } = choose(args);
  const file = prepareSeason(DIRECTORY, accounts);
  const servers: Child[] = [];
  const start = async (...of: string[]): Promise<string> => {
    const server = startChild(process.execPath, [at("serve/server.ts"), ...of]);
    servers.push(server);
    return listening(server);
  };
  try {
    const [bare, full] = [await start(), await start(file, String(accounts))];
    const rows: Speed[] = [];
    for (const connections of CONNECTIONS) {
      const drawn = (around: number) =>
        Array.from({ length: connections }, () => standingsOf(accounts, Math.ceil(DRAWN / connections), around));
      const loads: [Speed["name"], string, string[][]][] = [
        ["empty", bare, [["/"]]],
        ["top100", full, [[`${STANDINGS}?limit=100`]]],
        ["rank", full, drawn(0)],
        ["around", full, drawn(AROUND)],
      ];
      let most = 0;
      for (const [name, url, paths] of loads) {
        const outcome = await ask({ url, connections, seconds, paths });
        if (name === "empty") most = outcome.requestsPerSecond;
        rows.push(speed(name, connections, outcome, most));
      }
    }
    return rows;
  } finally {
    for (const server of servers) await server.stop();
  }
}

function choose(args: string[]): { accounts: number; seconds: number } {
  const { values } = parseArgs({
    args,
    options: { accounts: { type: "string", default: "1000000" }, seconds: { type: "string", default: "5" } },
  });
  const number = (name: "accounts" | "seconds"): number => {
    const text = values[name];
    if (!/^[1-9]\d{0,7}$/.test(text)) throw new WrongUse(`--${name} is "${text}"; a whole number from 1 on is asked.`);
    return Number(text);
  };
  return { accounts: number("accounts"), seconds: number("seconds") };
}

async function listening(server: Child): Promise<string> {
  for (;;) {
    const [, url] = server.find(/^Listening at (\S+)/) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask(load: Load): Promise<Outcome> {
  const asking = fork(at("serve/load.ts"));
  asking.send(load);
  const ended = once(asking, "exit").then(([code]) => {
    throw new Error(`What asks ended with ${code} and told nothing.`);
  });
  const [outcome] = (await Promise.race([once(asking, "message"), ended])) as [Outcome];
  return outcome;
}

const speed = (name: Speed["name"], connections: number, outcome: Outcome, most: number): Speed => ({
  ...{ name, connections, requestsPerSecond: Math.round(outcome.requestsPerSecond) },
  ...{ p50Ms: hundredths(outcome.p50Ms), p99Ms: hundredths(outcome.p99Ms) },
  ratio: hundredths(outcome.requestsPerSecond / most),
});

const hundredths = (value: number): number => Math.round(value * 100) / 100;
