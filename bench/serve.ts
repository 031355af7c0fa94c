import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Row } from "./report.ts";
import type { Load, Outcome } from "./serve/load.ts";
import { ponderObstacle, startPonderSeason } from "./serve/ponder.ts";
import { startSeason } from "./serve/postgres.ts";
import { prepareSeason, ranksOf, STANDINGS, standingsOf } from "./serve/season.ts";
import { type Child, startChild } from "./sync/child.ts";
import { postgresObstacle } from "./sync/postgres.ts";
import { WrongUse } from "./wrong-use.ts";

/** How fast a route answers; `ratio` is of requests a second to those of the empty route over as many connections. */
interface Speed extends Row {
  name: (typeof NAMES)[number];
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
/** In seconds. */
const WARM_UP = 1;
const TURN = 0.5;
const NAMES = ["empty", "top100", "rank", "around", "rank of two", "rank of ponder"] as const;

/**
 * The first hundred standings, the rank of an account drawn at random, and its neighbours, among a million accounts;
 * compared with a Fastify that has only an empty route. One process asks, another answers.
 */
export async function serve(args: string[]): Promise<Speed[]> {
  const { accounts, seconds, store } = choose(args);
  return store === "postgres" ? serveFleet(accounts, seconds) : serveFile(accounts, seconds);
}

/** Ranks through one and two API servers of a PostgreSQL database, and through Ponder's; says on stderr where there can be none. */
async function serveFleet(accounts: number, seconds: number): Promise<Speed[]> {
  const obstacle = await postgresObstacle();
  if (obstacle !== undefined) {
    console.error(`PostgreSQL is not measured. ${obstacle}`);
    return [];
  }
  const postgres = await startSeason(accounts);
  const servers: Child[] = [];
  const start = (...of: string[]): Promise<string> => {
    const server = startChild(process.execPath, [at("serve/server.ts"), ...of]);
    servers.push(server);
    return listening(server);
  };
  try {
    const [bare, one, other] = [await start(), await start(postgres.url), await start(postgres.url)];
    const rows: Speed[] = [];
    for (const connections of CONNECTIONS) {
      const drawn = (count: number, around: number) =>
        Array.from({ length: count }, () => standingsOf(accounts, Math.ceil(DRAWN / connections), around));
      const half = Math.max(connections >> 1, 1);
      const empty = Array.from({ length: connections }, () => ["/"]);
      const [most, rank, around] = (await compare(seconds, [
        { url: bare, paths: empty },
        { url: one, paths: drawn(connections, 0) },
        { url: one, paths: drawn(connections, AROUND) },
      ])) as [Outcome, Outcome, Outcome];
      const both = await Promise.all([one, other].map((url) => compare(seconds, [{ url, paths: drawn(half, 0) }])));
      const two = both.map(([outcome]) => outcome as Outcome);
      const together: Outcome = {
        requestsPerSecond: two.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0),
        p50Ms: Math.max(...two.map(({ p50Ms }) => p50Ms)),
        p99Ms: Math.max(...two.map(({ p99Ms }) => p99Ms)),
      };
      for (const [name, outcome] of Object.entries({ empty: most, rank, around, "rank of two": together }))
        rows.push(speed(name as Speed["name"], connections, outcome, most.requestsPerSecond));
    }
    return [...rows, ...(await servePonder(accounts, seconds, rows))];
  } finally {
    for (const server of servers) await server.stop();
    await postgres.stop();
  }
}

/** Ranks as Ponder answers them, of the empty route as it was measured before. */
async function servePonder(accounts: number, seconds: number, before: readonly Speed[]): Promise<Speed[]> {
  const obstacle = await ponderObstacle();
  if (obstacle !== undefined) {
    console.error(`Ponder is not measured. ${obstacle}`);
    return [];
  }
  const { url, stop } = await startPonderSeason(accounts);
  try {
    const rows: Speed[] = [];
    for (const connections of CONNECTIONS) {
      const paths = Array.from({ length: connections }, () => ranksOf(accounts, Math.ceil(DRAWN / connections)));
      const [outcome] = (await compare(seconds, [{ url, paths }])) as [Outcome];
      const empty = before.find((row) => row.name === "empty" && row.connections === connections);
      rows.push(speed("rank of ponder", connections, outcome, empty?.requestsPerSecond ?? Number.NaN));
    }
    return rows;
  } finally {
    await stop();
  }
}

async function serveFile(accounts: number, seconds: number): Promise<Speed[]> {
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
      const same = (path: string) => Array.from({ length: connections }, () => [path]);
      const drawn = (around: number) =>
        Array.from({ length: connections }, () => standingsOf(accounts, Math.ceil(DRAWN / connections), around));
      const outcomes = await compare(seconds, [
        { url: bare, paths: same("/") },
        { url: full, paths: same(`${STANDINGS}?limit=100`) },
        { url: full, paths: drawn(0) },
        { url: full, paths: drawn(AROUND) },
      ]);
      const most = (outcomes[0] as Outcome).requestsPerSecond;
      rows.push(...outcomes.map((outcome, i) => speed(NAMES[i] as Speed["name"], connections, outcome, most)));
    }
    return rows;
  } finally {
    for (const server of servers) await server.stop();
  }
}

function choose(args: string[]): { accounts: number; seconds: number; store: string } {
  const { values } = parseArgs({
    args,
    options: {
      accounts: { type: "string", default: "1000000" },
      seconds: { type: "string", default: "5" },
      store: { type: "string", default: "sqlite" },
    },
  });
  const { store } = values;
  if (store !== "sqlite" && store !== "postgres")
    throw new WrongUse(`--store is "${store}"; there are sqlite and postgres.`);
  const number = (name: "accounts" | "seconds"): number => {
    const text = values[name];
    if (!/^[1-9]\d{0,7}$/.test(text)) throw new WrongUse(`--${name} is "${text}"; a whole number from 1 on is asked.`);
    return Number(text);
  };
  return { accounts: number("accounts"), seconds: number("seconds"), store };
}

async function listening(server: Child): Promise<string> {
  for (;;) {
    const [, url] = server.find(/^Listening at (\S+)/) ?? [];
    if (url !== undefined) return url;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Asks each for so many seconds, in turns of half a second, so that a machine that is slow for a while is slow for all of
 * them; a round before doesn't count. Of the rounds the mean speed, and the median of their quantiles.
 */
async function compare(seconds: number, loads: readonly Load[]): Promise<Outcome[]> {
  const asking = loads.map(startAsking);
  const rounds: Outcome[][] = [];
  for (let i = 0; i <= seconds / TURN; i++) {
    const round: Outcome[] = [];
    for (const one of asking) round.push(await one.ask(i === 0 ? WARM_UP : TURN));
    rounds.push(round);
  }
  for (const { stop } of asking) stop();
  return loads.map((_, i) => together(rounds.slice(1).map((round) => round[i] as Outcome)));
}

const together = (outcomes: readonly Outcome[]): Outcome => ({
  requestsPerSecond: outcomes.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0) / outcomes.length,
  p50Ms: median(outcomes.map(({ p50Ms }) => p50Ms)),
  p99Ms: median(outcomes.map(({ p99Ms }) => p99Ms)),
});

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

function startAsking(load: Load) {
  const asking = fork(at("serve/load.ts"));
  asking.send(load);
  const ended = once(asking, "exit").then(([code]) => {
    throw new Error(`What asks ended with ${code}.`);
  });
  // Thrown where the outcome is awaited.
  ended.catch(() => undefined);
  return {
    async ask(seconds: number): Promise<Outcome> {
      asking.send(seconds);
      const [outcome] = (await Promise.race([once(asking, "message"), ended])) as [Outcome];
      return outcome;
    },
    stop: () => asking.kill(),
  };
}

const speed = (name: Speed["name"], connections: number, outcome: Outcome, most: number): Speed => ({
  ...{ name, connections, requestsPerSecond: Math.round(outcome.requestsPerSecond) },
  ...{ p50Ms: hundredths(outcome.p50Ms), p99Ms: hundredths(outcome.p99Ms) },
  ratio: hundredths(outcome.requestsPerSecond / most),
});

const hundredths = (value: number): number => Math.round(value * 100) / 100;
