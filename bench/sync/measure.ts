import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Chain } from "./chain.ts";
import type { Contender, Outcome, Prepared, Running } from "./contender.ts";
import { deployment } from "./deployment.ts";
import { usageOf } from "./usage.ts";

/** What a contender took, from its start until everything is indexed to the head. */
export interface Cost {
  wallSeconds: number;
  /** User and system time of its processes, their children and its helpers. */
  cpuSeconds: number;
  peakRssMiB: number;
}

/** What is to be indexed, and what must come out. */
export interface Course {
  chain: Chain;
  outcome: Outcome;
  span: number;
  receipts: boolean;
  profile: string | undefined;
}

/** Each look costs who is looked at: an answer of its server. */
const LOOK_EVERY = 100;
const WEIGH_EVERY = 100;
const PATIENCE = 15 * 60_000;

/** Runs a contender once. Throws when it comes to anything but the outcome, or the signal aborts. */
export async function measure(contender: Contender, course: Course, signal: AbortSignal): Promise<Cost> {
  const directory = await mkdtemp(join(tmpdir(), "proofboard-bench-"));
  let prepared: Prepared | undefined;
  try {
    const { chain, span, receipts, profile } = course;
    const file = join(directory, "deployment.json");
    await writeFile(file, JSON.stringify(deployment));
    prepared = await contender.prepare({ chain, span, receipts, profile, directory, deployment: file });
    const before = usageOf(prepared.helpers).cpuSeconds;
    const from = performance.now();
    const running = prepared.start();
    try {
      const after = await untilReady(running, prepared.helpers, signal);
      const wallSeconds = (performance.now() - from) / 1000;
      const cpuSeconds = after.cpuSeconds - before;
      checkOutcome(contender.name, await running.outcome(), course.outcome);
      return { wallSeconds, cpuSeconds, peakRssMiB: after.peakRssMiB };
    } finally {
      await running.stop();
    }
  } finally {
    await prepared?.release();
    await rm(directory, { recursive: true });
  }
}

async function untilReady(running: Running, helpers: readonly number[], signal: AbortSignal) {
  const pids = [running.pid, ...helpers];
  let peakRssMiB = 0;
  const weigh = () => {
    const { rssMiB, cpuSeconds } = usageOf(pids);
    peakRssMiB = Math.max(peakRssMiB, rssMiB);
    return { cpuSeconds, peakRssMiB };
  };
  const weighing = setInterval(weigh, WEIGH_EVERY);
  try {
    for (const deadline = Date.now() + PATIENCE; !(await running.ready()); ) {
      if (Date.now() > deadline) throw new Error(`The head was not indexed within ${PATIENCE / 60_000} minutes.`);
      await sleep(LOOK_EVERY, undefined, { signal });
    }
    return weigh();
  } finally {
    clearInterval(weighing);
  }
}

/** Throws when a contender came to other counts, points or ranks than it should. */
export function checkOutcome(name: string, got: Outcome, expected: Outcome): void {
  for (const key of ["events", "attestations"] as const)
    if (got[key] !== expected[key]) throw new Error(`${name} has ${got[key]} ${key}; there are ${expected[key]}.`);
  const length = Math.max(got.ranking.length, expected.ranking.length);
  for (let i = 0; i < length; i++)
    if (got.ranking[i] !== expected.ranking[i])
      throw new Error(`${name} has "${got.ranking[i]}" at place ${i + 1}; it is "${expected.ranking[i]}".`);
}
