import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Address } from "viem";
import { parseSeasonFile, type SeasonFile, SeasonFileError } from "../../participant/season/file.ts";
import { type Plan, planSeason, readTimes } from "../../participant/season/plan.ts";
import { type FoundTask, findTasks, type SeasonReader } from "../../participant/season/tasks.ts";
import type { Client } from "../../sdk/client.ts";
import { readModelFiles } from "../modelFiles.ts";
import { openSettingsContent, readOwnAddress, type Settings } from "../settings.ts";
import { parseAddress, parseCount, UsageError } from "../usage.ts";

const MOST_BYTES = 1024 * 1024;

/** A season file, and a reader of what it names beside it. */
export interface ReadSeasonFile {
  file: SeasonFile;
  reader: SeasonReader;
}

/** Reads a season file; throws a `SeasonFileError` with everything that is wrong with it. */
export async function readSeasonFile(path: string): Promise<ReadSeasonFile> {
  const folder = dirname(path);
  const text = await readBounded(path, MOST_BYTES).catch((error: Error) => {
    throw new UsageError(error.message);
  });
  return {
    file: parseSeasonFile(new TextDecoder().decode(text)),
    reader: {
      model: (directory) => readModelFiles(resolve(folder, directory)),
      inputs: (file) => readBounded(resolve(folder, file), MOST_BYTES),
    },
  };
}

async function readBounded(path: string, most: number): Promise<Uint8Array> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`"${path}" can't be read: ${error.code}.`);
  });
  if (!found.isFile()) throw new Error(`"${path}" is no file.`);
  if (found.size > most) throw new Error(`"${path}" is ${found.size} bytes; at most ${most} are read.`);
  return new Uint8Array(await readFile(path));
}

/** Who would open the season: the one that is given, otherwise the key's account. */
export async function organiserOf(settings: Settings, given: string | undefined): Promise<Address> {
  if (given !== undefined) return parseAddress("--organiser", given);
  const own = await readOwnAddress(settings);
  if (own === undefined)
    throw new UsageError(
      "Nobody would open the season: give --organiser ADDRESS, a keystore, or PROOFBOARD_PRIVATE_KEY.",
    );
  return own;
}

/** A season file with its tasks and what opening it takes, as the chain stands. */
export interface PlannedFile extends ReadSeasonFile {
  tasks: FoundTask[];
  plan: Plan;
}

/** Plans a season file. Throws a `SeasonFileError` with everything that is missing. */
export async function planFile(
  client: Client,
  settings: Settings,
  organiser: Address,
  path: string,
): Promise<PlannedFile> {
  const read = await readSeasonFile(path);
  const tasks = await findTasks(client, openSettingsContent(settings), read.file, read.reader);
  const problems = tasks.flatMap(({ problems }, i) => problems.map((problem) => `Task ${i + 1}: ${problem}`));
  if (problems.length > 0) throw new SeasonFileError(problems);
  const times = await readTimes(client, new Set(tasks.flatMap(({ draft }) => draft?.method ?? [])));
  return { ...read, tasks, plan: await planSeason(client, organiser, read.file, tasks, times) };
}

/** The season that SEASON|FILE names: its id, or the one on the chain that was begun from the file. */
export async function seasonIdOf(
  client: Client,
  settings: Settings,
  text: string,
  organiser: string | undefined,
): Promise<bigint> {
  if (!isFile(text)) return parseCount("SEASON", text, 1n);
  const { plan } = await planFile(client, settings, await organiserOf(settings, organiser), text);
  if (plan.found === undefined) throw new Error(`No season of "${text}" is on the chain yet: season open ${text}.`);
  return plan.found.seasonId;
}

/** A season's id is a number. */
export const isFile = (text: string): boolean => /[^0-9]/.test(text);
