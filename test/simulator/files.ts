import { closeSync, linkSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import Database from "better-sqlite3";
import { check } from "../../indexer/check.ts";
import { FatalError } from "../../indexer/ingest/errors.ts";
import type { Deployment } from "../../sdk/deployment.ts";
import { dumpFile } from "../indexer/running.ts";
import { type IndexerProcess, type ProcessOptions, tail } from "./child.ts";
import type { Random } from "./random.ts";

type Launch = (options?: Partial<ProcessOptions>) => IndexerProcess;

const BYTES = 16;

/**
 * Overwrites some bytes of a database that nobody writes, and deletes it where the check finds them. Throws where the check
 * finds nothing and rows are others. Answers whether it was found.
 */
export function overwrite(db: string, deployment: Deployment, random: Random): boolean {
  const rows = JSON.stringify(dumpFile(db));
  const at = random.between(0, statSync(db).size - BYTES);
  const file = openSync(db, "r+");
  writeSync(
    file,
    Uint8Array.from({ length: BYTES }, () => random.between(0, 255)),
    0,
    BYTES,
    at,
  );
  closeSync(file);
  if (isFound(db, deployment)) {
    for (const part of ["", "-wal", "-shm"]) rmSync(`${db}${part}`, { force: true });
    return true;
  }
  if (JSON.stringify(dumpFile(db)) !== rows) throw new Error(`The check finds nothing in ${BYTES} bytes at ${at}.`);
  return false;
}

function isFound(db: string, deployment: Deployment): boolean {
  try {
    return check({ deployment, db }).wrong.length > 0;
  } catch (error) {
    if (error instanceof FatalError) return true;
    throw error;
  }
}

/** Starts a second indexer on a database that another writes, by its name or another one, and has it refused. */
export async function secondWriter(launch: Launch, db: string, way: "name" | "hard link"): Promise<void> {
  const link = `${db}-link`;
  if (way === "hard link") linkSync(db, link);
  try {
    const second = launch(way === "hard link" ? { db: link } : {});
    const code = await second.ended;
    const sentence = way === "hard link" ? "names (hard links)" : "Another indexer writes the database";
    if (code !== 1 || !second.output().includes(sentence))
      throw new Error(`A second writer by ${way} ended with ${code}: ${tail(second.output())}`);
  } finally {
    rmSync(link, { force: true });
  }
}

/** Has another process hold the database for a while; answers whether the indexer noticed. */
export async function locked(
  { output }: IndexerProcess,
  db: string,
  random: Random,
  meanwhile: () => Promise<void>,
): Promise<boolean> {
  const other = new Database(db, { timeout: 3_000 });
  try {
    other.exec(random.pick(["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"]));
    await meanwhile();
    other.exec("ROLLBACK");
    return output().includes("SQLITE_BUSY");
  } finally {
    other.close();
  }
}

/** Lets the indexer's files grow little or not at all, from now on; answers whether it noticed meanwhile. */
export async function withFullDisk(
  { limitFiles, output }: IndexerProcess,
  db: string,
  random: Random,
  meanwhile: () => Promise<void>,
): Promise<boolean> {
  const wal = statSync(`${db}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  await limitFiles(random.chance(0.5) ? 1 : wal + random.between(0, 100_000));
  await meanwhile();
  return /SQLITE_(FULL|IOERR)/.test(output());
}

/** The last block in a database; 0 where there is none yet. */
export function cursorOf(file: string): number {
  const db = new Database(file, { readonly: true });
  try {
    return (db.prepare("SELECT block_number FROM progress").pluck().get() as number | undefined) ?? 0;
  } finally {
    db.close();
  }
}
