import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Address } from "viem";
import { createRanking } from "../../indexer/rank/ranking.ts";
import { type Db, openDatabase } from "../../indexer/store/sqlite/database.ts";
import { deployment } from "../sync/deployment.ts";

/** The season that everybody takes part in. */
export const SEASON = 1;

/** What the rows follow from: data of other sources are made anew. */
const sources = [
  "../../indexer/store/logs.sql",
  "../../indexer/store/rows.sql",
  "../../indexer/rank/ranking.sql",
  "population.ts",
];

/**
 * Opens a database of so many accounts with one ledger entry each: a few have many points, most of them few and tie. It
 * is made once, kept in `directory`, and made anew when the schema changed or a run was broken off in its updates. The
 * indexes that only other readers need are left out.
 */
export function openPopulation(directory: string, accounts: number): Db {
  mkdirSync(directory, { recursive: true });
  const name = `rank-${accounts}-${stamp()}.sqlite`;
  const file = join(directory, name);
  for (const other of readdirSync(directory))
    if (other.startsWith(`rank-${accounts}-`) && !other.startsWith(name)) rmSync(join(directory, other));
  if (existsSync(file)) {
    const db = openDatabase(file, deployment);
    if (seqOf(db) === accounts) return db;
    db.close();
  }
  const draft = `${file}-draft`;
  for (const suffix of ["", "-wal", "-shm"]) rmSync(draft + suffix, { force: true });
  fill(draft, accounts);
  renameSync(draft, file);
  return openDatabase(file, deployment);
}

/** The account of the n-th participant, from 1 on; their order is none. Without letters it is its own checksum. */
export const accountOf = (n: number): Address =>
  `0x${String(Math.imul(n, 2_654_435_761) >>> 0).padStart(10, "0")}${String(n).padStart(30, "0")}`;

/** The last entry of the season's ledger. */
const seqOf = (db: Db): number => db.prepare<[], number>("SELECT seq FROM seasons").pluck().get() as number;

function stamp(): string {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(new URL(source, import.meta.url)));
  return hash.digest("hex").slice(0, 12);
}

function fill(file: string, accounts: number): void {
  const db = openDatabase(file, deployment);
  createRanking(db);
  // The draft is thrown away when this is broken off.
  db.pragma("journal_mode = OFF");
  db.pragma("synchronous = OFF");
  db.pragma("foreign_keys = OFF");
  db.exec(`
    INSERT INTO seasons VALUES (${SEASON}, '0x', 0, NULL, 0, 0, 0, NULL, NULL, NULL, ${accounts}, ${accounts}, 0, '0x');
    INSERT INTO blocks (number, hash, parent_hash, timestamp)
    SELECT value, printf('0x%064x', value), printf('0x%064x', value - 1), value
    FROM (${numbersTo(Math.ceil(accounts / 100))});
    INSERT INTO ledger
    SELECT
      ${SEASON}, value,
      printf('0x%010d%030d', value * 2654435761 & 4294967295, value),
      printf('0x%064x', value), 1, points, points, printf('0x%064x', value), (value + 99) / 100, value % 100
    FROM (
      SELECT value, 10 * CAST(pow((value * 2246822519 % 4294967296 + 1) / 4294967296.0, -0.8) AS INTEGER) AS points
      FROM (${numbersTo(accounts)})
    );
    INSERT INTO entries SELECT ${SEASON}, account, points, seq, seq, 1, 2, 0, 0, points, 0, 0 FROM ledger ORDER BY account;
  `);
  db.pragma("journal_mode = WAL");
  db.close();
}

const numbersTo = (last: number): string =>
  `WITH RECURSIVE numbers (value) AS (VALUES (1) UNION ALL SELECT value + 1 FROM numbers WHERE value < ${last})
   SELECT value FROM numbers`;
