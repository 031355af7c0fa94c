import { readFileSync } from "node:fs";
import { checksumOf } from "../checksums.ts";
import { LOGS_VERSION, VERSION } from "../version.ts";
import type { Db } from "./database.ts";
import { createLogs } from "./logs.ts";
import { dropUses } from "./uses.ts";

/** Who writes this file: fence.ts. It follows from no log, and stays when rows are emptied. */
const WRITER = "CREATE TABLE writer (id INTEGER PRIMARY KEY CHECK (id = 1), token TEXT NOT NULL) STRICT";
const OLDEST = 4;
const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const [logs, rows] = [read("logs.sql"), read("rows.sql")];

/** Tables whose rows don't follow from others. */
export const KEPT: readonly string[] = ["logs_version", "origin", "progress", "blocks", "events"];

/** The schema's version; 0 in a new file. */
export const versionOf = (db: Db): number => db.pragma("user_version", { simple: true }) as number;

/** Whether the file is of an older version, whose logs are to be folded anew. */
export const isOutdated = (db: Db): boolean => versionOf(db) !== VERSION;

/** Why a file's version can't be read; undefined where it can. */
export function versionDifference(db: Db): string | undefined {
  const version = versionOf(db);
  if (version > VERSION) return `has schema version ${version}; this indexer is older and writes version ${VERSION}.`;
  if (version < OLDEST)
    return `has schema version ${version}; this indexer can take over files from version ${OLDEST} on.`;
  const ofLogs = logsVersionOf(db);
  if (ofLogs > LOGS_VERSION)
    return `has version ${ofLogs} of the chain's logs; this indexer is older and knows version ${LOGS_VERSION}.`;
  return undefined;
}

/** Creates the tables in an empty file. */
export function createTables(db: Db): void {
  db.exec(logs);
  db.exec(rows);
  db.exec(WRITER);
  db.prepare("INSERT INTO logs_version VALUES (?)").run(LOGS_VERSION);
  db.pragma(`user_version = ${VERSION}`);
}

/** Replaces an older version's tables with empty ones of this version; the logs stay. */
export function renew(db: Db): void {
  db.pragma("defer_foreign_keys = ON");
  // Those that refer to others were created after them.
  const found = db
    .prepare<[], { type: string; name: string; tbl_name: string }>(
      `SELECT type, name, tbl_name FROM sqlite_schema
       WHERE type IN ('table', 'view', 'index') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid DESC`,
    )
    .all();
  const drop = (type: string, isDropped: (item: { name: string; tbl_name: string }) => boolean) => {
    for (const item of found) if (item.type === type && isDropped(item)) db.exec(`DROP ${type} ${item.name}`);
  };
  drop("view", () => true);
  drop("index", () => true);
  drop("table", ({ name }) => !KEPT.includes(name));
  if (logsVersionOf(db) < LOGS_VERSION) renewLogs(db);
  db.exec(rows);
  db.exec(WRITER);
  db.pragma(`user_version = ${VERSION}`);
}

/** From version 1 on. */
function renewLogs(db: Db): void {
  // The fold that follows stores the subjects' prefixes.
  if (logsVersionOf(db) < 6)
    db.exec("ALTER TABLE events DROP COLUMN subject; ALTER TABLE events ADD COLUMN subject_prefix INTEGER");
  if (logsVersionOf(db) < 2) {
    db.exec("ALTER TABLE blocks ADD COLUMN checksum INTEGER");
    addChecksums(db);
  }
  db.exec("CREATE TABLE IF NOT EXISTS logs_version (version INTEGER NOT NULL) STRICT; DELETE FROM logs_version");
  db.prepare("INSERT INTO logs_version VALUES (?)").run(LOGS_VERSION);
}

/** Gives every block of an older file the checksum that it lacks. */
function addChecksums(db: Db): void {
  const set = db.prepare("UPDATE blocks SET checksum = ? WHERE number = ?");
  for (const { header, logs } of createLogs(db).byBlock()) set.run(checksumOf(header, logs), header.number);
}

/** Deletes the rows of all tables except these, and that which says who writes. */
export function empty(db: Db, kept: "logs" | "origin"): void {
  const names = ["writer", ...(kept === "logs" ? KEPT : ["logs_version", "origin"])];
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )
    .pluck()
    .all();
  db.pragma("defer_foreign_keys = ON");
  // What follows from rows is built again once they are there.
  dropUses(db);
  for (const table of tables) if (!names.includes(table)) db.exec(`DELETE FROM ${table}`);
}

/** The version of the tables in logs.sql. */
export function logsVersionOf(db: Db): number {
  if (!db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'logs_version'").get()) return 1;
  return db.prepare("SELECT version FROM logs_version").pluck().get() as number;
}
