import { readFileSync } from "node:fs";
import type { Db } from "./database.ts";

const sql = readFileSync(new URL("uses.sql", import.meta.url), "utf8");
/** The views and triggers that it makes, the last first. */
const made = [...sql.matchAll(/^CREATE (VIEW|TRIGGER) (\w+)/gm)].reverse().map(([, type, name]) => ({ type, name }));

/** Whether what models were used for is built, and kept by triggers since. */
export const hasUses = (db: Db): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?").get(made[0]?.name) !== undefined;

/** Builds it from the attestations' rows. */
export function createUses(db: Db): void {
  db.exec(sql);
}

/** Leaves its tables as they are, and nothing that keeps them. */
export function dropUses(db: Db): void {
  for (const { type, name } of made) db.exec(`DROP ${type} IF EXISTS ${name}`);
}
