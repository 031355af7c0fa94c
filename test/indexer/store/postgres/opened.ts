import { openWritten, prepareSchema, type Written } from "../../../../indexer/open-postgres.ts";
import { type Client, openClient } from "../../../../indexer/store/postgres/client.ts";
import type { Connection } from "../../../../indexer/store/postgres/connection.ts";
import { createLease } from "../../../../indexer/store/postgres/lease.ts";
import { type Place, placeOf, rowsOf } from "../../../../indexer/store/postgres/place.ts";
import type { Db } from "../../../../indexer/store/sqlite/database.ts";
import { deployment } from "../../story.ts";

/** A database that a test writes. */
export interface OpenedPostgres extends Written {
  place: Place;
  client: Client;
  close(): Promise<void>;
}

const idle = () => ({ headBlock: undefined, caughtUpFor: undefined, failure: undefined, inconsistent: false });

/** Opens a schema for writing, or creates it; whoever wrote it before can't any more. */
export async function openPostgres(url: string, between?: () => void): Promise<OpenedPostgres> {
  const place = placeOf(url);
  const client = openClient(place, 10_000);
  const lease = createLease(60_000, idle);
  await prepareSchema(client, place, deployment);
  await client.use((db) => db.run("UPDATE writer SET expires_at = '-infinity'"));
  await client.use(lease.take);
  const written = await openWritten(client, place, deployment, lease, between);
  return { ...written, place, client, close: () => client.close() };
}

/** Tables that only a fleet has. */
const OF_FLEET = ["writer", "reorganisations", "schema_version"];

/** Every row of every table as SQLite's `dump` gives them, but those that only a fleet has. */
export async function dumpPostgres(db: Connection, place: Place): Promise<Record<string, string[]>> {
  const columns = await db.rows(
    `SELECT table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema = $1 ORDER BY table_name, ordinal_position`,
    rowsOf(place),
  );
  const dumped: Record<string, string[]> = {};
  for (const [table, own] of Map.groupBy(columns, ([table]) => table as string)) {
    if (OF_FLEET.includes(table)) continue;
    const names = own.map(([, name]) => name as string);
    const rows = await db.rows(`SELECT ${names} FROM ${table}`);
    dumped[table] = rows.map((row) => JSON.stringify(row.map(plain))).sort();
  }
  return dumped;
}

/** A value in a form that both stores have: what people wrote is a text in one and bytes in the other. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "string") return Buffer.from(value).toString("latin1");
  return Buffer.isBuffer(value) ? value.toString("latin1") : value;
}

/** The rows of a file's tables, as `dumpPostgres` gives them: of the same columns. */
export function dumpLike(db: Db, like: Record<string, string[]>): Record<string, string[]> {
  return Object.fromEntries(
    Object.keys(like).map((table) => {
      const columns = db
        .prepare<[], string>(`SELECT name FROM pragma_table_info('${table}') ORDER BY cid`)
        .pluck()
        .all();
      const rows = db.prepare<[], unknown[]>(`SELECT ${columns} FROM ${table}`).raw().safeIntegers().all();
      return [table, rows.map((row) => JSON.stringify(row.map(plain))).sort()];
    }),
  );
}
