import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Deployment } from "../../../sdk/deployment.ts";
import { FatalError } from "../../ingest/errors.ts";
import { deploymentDifference } from "../origin.ts";
import { LOGS_VERSION, VERSION } from "../version.ts";
import type { Connection } from "./connection.ts";
import { indexesSql, logsSql, rowsSql } from "./dialect.ts";
import { type Place, rowsOf } from "./place.ts";
import { viewsSql } from "./views.ts";

/** SQL of what ranks: its tables, and its functions. */
export interface RankingSql {
  tables: string;
  functions: string;
}

/** How a schema stands to this indexer: `outdated` is one whose rows are to be folded anew. */
export type SchemaState = "new" | "outdated" | "present";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const [fleetSql, usesFunctions, usesSql] = [read("fleet.sql"), read("uses-functions.sql"), read("uses.sql")];

/** Tables whose rows don't follow from the logs. */
const KEPT = [
  ...["logs_version", "origin", "progress", "blocks", "events"],
  ...["writer", "reorganisations", "schema_version"],
];

/**
 * How the schema stands. Throws `FatalError` where it is another deployment's, or of a newer version. To be called in a
 * transaction whose search path is the rows' schema, as all of these.
 */
export async function schemaState(db: Connection, place: Place, deployment: Deployment): Promise<SchemaState> {
  const [found] = await db.rows("SELECT to_regclass($1) IS NOT NULL", `${rowsOf(place)}.schema_version`);
  if (found?.[0] !== true) return "new";
  const [row] = await db.rows(
    "SELECT s.version, l.version, deployment FROM schema_version AS s, logs_version AS l, origin",
  );
  const [version, ofLogs, own] = row as [bigint, bigint, string];
  const is = `The database ${place.shown}`;
  if (version > VERSION)
    throw new FatalError(`${is} has schema version ${version}; this indexer is older and writes version ${VERSION}.`);
  if (ofLogs > LOGS_VERSION)
    throw new FatalError(
      `${is} has version ${ofLogs} of the chain's logs; this indexer is older and knows version ${LOGS_VERSION}.`,
    );
  const difference = deploymentDifference(JSON.parse(own), deployment, Number(ofLogs));
  if (difference !== undefined) throw new FatalError(`${is} ${difference}`);
  return version < VERSION ? "outdated" : "present";
}

/** SQL that says whether {@link complete} was done. */
export const IS_COMPLETE = `(to_regclass('ledger_of_account') IS NOT NULL
  AND EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'uses_of_new' AND tgrelid = to_regclass('attestations')))`;

/** Builds what a new database doesn't have until its first sync is complete: indexes, and what models were used for. */
export const complete = (db: Connection): Promise<unknown> => db.run(`${indexesSql}; ${usesSql}`);

/** Makes both schemas and all that is in them, empty. */
export async function createSchema(
  db: Connection,
  place: Place,
  deployment: Deployment,
  ranking: RankingSql,
): Promise<void> {
  await db.run(`${logsSql}\n${rowsSql}\n${fleetSql}\n${ranking.tables}`);
  await db.rows("INSERT INTO logs_version VALUES ($1)", LOGS_VERSION);
  await db.rows("INSERT INTO schema_version VALUES ($1, '')", VERSION);
  await db.rows("INSERT INTO origin VALUES (1, $1, $2, NULL)", deployment.chainId, JSON.stringify(deployment));
  await replaceCode(db, place, ranking);
}

/** Replaces the tables that follow from the logs by empty ones of this version; the logs stay. */
export async function renewRows(db: Connection, place: Place, ranking: RankingSql): Promise<void> {
  await dropCode(db, place);
  const tables = await db.rows("SELECT tablename FROM pg_tables WHERE schemaname = $1", rowsOf(place));
  for (const [table] of tables) if (!KEPT.includes(table as string)) await db.run(`DROP TABLE ${table}`);
  await db.run("DROP INDEX IF EXISTS events_of_subject");
  await renewLogs(db);
  await db.run(`${rowsSql}\n${ranking.tables}`);
  await db.rows("UPDATE schema_version SET version = $1", VERSION);
  await replaceCode(db, place, ranking);
}

/** Before version 6 of the logs, subjects were stored whole. */
async function renewLogs(db: Connection): Promise<void> {
  const [version] = (await db.rows("SELECT version FROM logs_version"))[0] as [bigint];
  if (version < 6)
    await db.run(`ALTER TABLE events ADD COLUMN subject_prefix bigint;
      UPDATE events SET subject_prefix = ('x' || substr(subject, 3, 11))::bit(44)::bigint WHERE subject IS NOT NULL;
      ALTER TABLE events DROP COLUMN subject`);
  await db.rows("UPDATE logs_version SET version = $1", LOGS_VERSION);
}

/** Remembers the contracts that the deployment gained, and has the functions and views of this indexer. */
export async function keepCurrent(
  db: Connection,
  place: Place,
  deployment: Deployment,
  ranking: RankingSql,
): Promise<void> {
  await db.rows("UPDATE origin SET deployment = $1 WHERE deployment <> $1", JSON.stringify(deployment));
  const [row] = await db.rows("SELECT code FROM schema_version");
  if (row?.[0] !== hashOf(place, ranking)) await replaceCode(db, place, ranking);
}

async function replaceCode(db: Connection, place: Place, ranking: RankingSql): Promise<void> {
  const [row] = await db.rows(`SELECT ${IS_COMPLETE}`);
  await dropCode(db, place);
  await db.run(codeOf(place, ranking));
  if (row?.[0] === true) await db.run(usesSql);
  await db.rows("UPDATE schema_version SET code = $1", hashOf(place, ranking));
  await grant(db, place);
}

/** Functions and views. */
const codeOf = ({ schema }: Place, { functions }: RankingSql): string =>
  [functions, usesFunctions, viewsSql(schema)].join("\n");

const hashOf = (place: Place, ranking: RankingSql): string =>
  createHash("sha256")
    .update(codeOf(place, ranking) + usesSql)
    .digest("hex");

/** Drops views and functions, and the triggers that call these: they follow from the code alone. */
async function dropCode(db: Connection, place: Place): Promise<void> {
  for (const schema of [place.schema, rowsOf(place)]) {
    const views = await db.rows("SELECT viewname FROM pg_views WHERE schemaname = $1", schema);
    for (const [view] of views) await db.run(`DROP VIEW ${schema}.${view}`);
    const functions = await db.rows(
      "SELECT p.oid::regprocedure::text FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace WHERE nspname = $1",
      schema,
    );
    for (const [signature] of functions) await db.run(`DROP FUNCTION ${signature} CASCADE`);
  }
}

/** Lets the role `<schema>_reader` read everything, where there is one. */
async function grant(db: Connection, place: Place): Promise<void> {
  const role = `${place.schema}_reader`;
  const [found] = await db.rows("SELECT 1 FROM pg_roles WHERE rolname = $1", role);
  if (!found) return;
  const schemas = `${place.schema}, ${rowsOf(place)}`;
  await db.run(
    `GRANT USAGE ON SCHEMA ${schemas} TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ${schemas} TO ${role}`,
  );
}

/** Deletes the rows of all tables but those that are kept, or also the chain's. What follows from rows is built anew later. */
export async function emptyRows(db: Connection, place: Place, what: "rows" | "chain"): Promise<void> {
  const triggers = await db.rows(
    `SELECT tgname, relname FROM pg_trigger JOIN pg_class AS c ON c.oid = tgrelid
     WHERE relnamespace = to_regnamespace($1) AND NOT tgisinternal`,
    rowsOf(place),
  );
  for (const [trigger, table] of triggers) await db.run(`DROP TRIGGER ${trigger} ON ${table}`);
  const ofChain = ["progress", "events", "blocks", "reorganisations"];
  const tables = await db.rows("SELECT tablename FROM pg_tables WHERE schemaname = $1", rowsOf(place));
  for (const [name] of tables) {
    const table = name as string;
    if (!KEPT.includes(table) || (what === "chain" && ofChain.includes(table))) await db.run(`DELETE FROM ${table}`);
  }
}

/** Drops both schemas. */
export const dropSchema = (db: Connection, place: Place): Promise<unknown> =>
  db.run(`DROP SCHEMA IF EXISTS ${place.schema}, ${rowsOf(place)} CASCADE`);
