import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Hex } from "viem";
import { type Indexer, startIndexer } from "../../indexer/main.ts";
import type { Models } from "../../inference/models.ts";
import { readModel } from "../../models/read.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { createProver } from "../../participant/methods/quorum/prover.ts";
import { createVerifier } from "../../participant/methods/quorum/verifier.ts";
import { publishModel } from "../../participant/publish.ts";
import { Status } from "../../sdk/protocol.ts";
import { type Site, startSite } from "../participant/chain.ts";

/** What a command answered. */
export interface Answer {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running season with honest provers, a cheat and verifiers, an indexer, and the command to look at it. */
export interface CliSite extends Site {
  indexer: Indexer;
  seasonId: bigint;
  /** Where each test finds all things, as environment variables. */
  environment: Record<string, string>;
  /** An attestation of each kind. */
  verified: Hex;
  refuted: Hex;
  /** Runs `proofboard` with the site's environment, changed by `environment`. */
  run(args: readonly string[], environment?: Record<string, string>): Promise<Answer>;
  /** Starts `proofboard` likewise. */
  start(args: readonly string[], environment?: Record<string, string>): Running;
}

/** A command that runs. */
interface Running {
  answer: Promise<Answer>;
  /** Ctrl-C. */
  interrupt(): void;
}

/** Numbers of the site's accounts. */
export const HONEST = 1;
export const CHEAT = 3;
export const NEWCOMER = 7;
export const ASKER = 8;
export const ANSWERER = 9;

const UNITS = 2;
const SEASON_SECONDS = 5_000;

let users = 0;
let starting: Promise<CliSite> | undefined;

/** One site for all of the command's tests that run in a process at the same time; the last of them ends it. */
export function useSite(): () => CliSite {
  let site: CliSite | undefined;
  users += 1;
  before(async () => {
    starting ??= startCliSite();
    site = await starting;
  });
  after(async () => {
    users -= 1;
    if (users > 0) return;
    starting = undefined;
    await site?.close();
  });
  return () => site as CliSite;
}

/** Where a test without an indexer finds its chain, as environment variables. */
export async function environmentOf({ directory, deployment, rpcUrl }: Site): Promise<Record<string, string>> {
  const file = join(directory, "deployment.json");
  await writeFile(file, JSON.stringify(deployment));
  return { PROOFBOARD_RPC: rpcUrl, PROOFBOARD_API: "http://127.0.0.1:1", PROOFBOARD_DEPLOYMENT: file };
}

/** The private key of the n-th account. */
export const keyOf = (n: number): Hex => `0x${(n + 1).toString(16).padStart(64, "0")}`;

async function startCliSite(): Promise<CliSite> {
  const site = await startSite(10);
  try {
    return await furnish(site);
  } catch (error) {
    await site.close();
    throw error;
  }
}

/** Lets the participants work until all is settled, then starts the indexer. */
async function furnish(site: Site): Promise<CliSite> {
  const { client, directory, content, deployment, rpcUrl, senderOf } = site;
  const risk = await readModel("risk");
  await publishModel(client, senderOf(0), content, risk.model, risk.artifact);
  const seasonId = await site.openSeason(SEASON_SECONDS, UNITS);
  const prover = (n: number, models: Models) => createProver({ ...site, models, sender: senderOf(n), seasonId });
  const working = runJobs(
    site.follower,
    [
      createKeeper(client, senderOf(0)),
      ...[HONEST, 2].map((n) => prover(n, site.models)),
      prover(CHEAT, cheating(site.models)),
      ...[4, 5, 6].map((n) => createVerifier({ ...site, sender: senderOf(n) })),
    ],
    site,
  );
  const settled = () => {
    const attestations = [...site.follower.state.attestations.byId.values()].filter(({ inLedger }) => inLedger);
    return attestations.length === 3 * UNITS && attestations;
  };
  const attestations = await Promise.race([site.until(settled), working.then(() => Promise.reject(site.reports))]);
  const indexer = await startIndexer({
    ...{ rpcs: [rpcUrl], publicRpc: rpcUrl, deployment, db: join(directory, "indexer.sqlite"), port: 0 },
    ...{ content: join(directory, "content"), pollInterval: 100, logLevel: "silent" },
  });
  await untilReady(indexer.url);
  const file = join(directory, "deployment.json");
  await writeFile(file, JSON.stringify(deployment));
  const environment = {
    PROOFBOARD_RPC: rpcUrl,
    PROOFBOARD_API: indexer.url,
    PROOFBOARD_DEPLOYMENT: file,
    PROOFBOARD_CONTENT: join(directory, "cli-content"),
    PROOFBOARD_JOURNAL: join(directory, "cli-journal.sqlite"),
  };
  const uidOf = (status: number) => attestations.find((attestation) => attestation.status === status)?.id as Hex;
  return {
    ...site,
    ...{ indexer, seasonId, environment, verified: uidOf(Status.verified), refuted: uidOf(Status.refuted) },
    run: (args, changed) => runCommand(args, { ...environment, ...changed }),
    start: (args, changed) => startCommand(args, { ...environment, ...changed }),
    async close() {
      await indexer.close();
      await site.close();
      await working;
    },
  };
}

// Honest in its first unit, so that there are points to lose in the second.
function cheating(models: Models): Models {
  let runs = 0;
  return {
    async open(modelId) {
      const model = await models.open(modelId);
      const run = async (input: Uint8Array) => {
        const output = await model.session.run(input);
        runs += 1;
        return runs === 1 ? output : output.map((byte) => byte ^ 1);
      };
      return { ...model, session: { run } };
    },
  };
}

async function untilReady(url: string): Promise<void> {
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Runs `proofboard` in a process of its own, with nothing of this one's settings but the given ones. */
export const runCommand = (
  args: readonly string[],
  environment: Record<string, string>,
  folder?: string,
): Promise<Answer> => startCommand(args, environment, folder).answer;

function startCommand(args: readonly string[], environment: Record<string, string>, folder = process.cwd()): Running {
  const main = join(import.meta.dirname, "../../cli/start.js");
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PROOFBOARD_"));
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const answer: Answer = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => {
    answer.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text) => {
    answer.stderr += text;
  });
  const ended = new Promise<Answer>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...answer, code }));
  });
  return { answer: ended, interrupt: () => void child.kill("SIGINT") };
}
