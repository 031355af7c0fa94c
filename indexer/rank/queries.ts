import { readFileSync } from "node:fs";

const queries = new Map(
  readFileSync(new URL("ranking.sql", import.meta.url), "utf8")
    .split("-- name: ")
    .slice(1)
    .map((part): [string, string] => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n"))]),
);

/** SQL of ranking.sql by its name there. */
export function query(name: string): string {
  const sql = queries.get(name);
  if (sql === undefined) throw new Error(`ranking.sql has no query "${name}".`);
  return sql;
}
