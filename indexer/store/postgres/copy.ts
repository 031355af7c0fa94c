import { finished } from "node:stream/promises";
import type pg from "pg";
import { from } from "pg-copy-streams";

/** Adds rows to a table: `text` in COPY's text form, https://www.postgresql.org/docs/current/sql-copy.html. */
export async function copyFrom(
  client: pg.ClientBase,
  table: string,
  columns: readonly string[],
  text: string,
): Promise<void> {
  const stream = client.query(from(`COPY ${table} (${columns}) FROM STDIN`));
  stream.end(text);
  await finished(stream);
}

/** A row in COPY's text form, its line's end with it. */
export function copyLine(values: readonly unknown[]): string {
  let line = "";
  for (const [i, value] of values.entries()) line += (i === 0 ? "" : "\t") + copyField(value);
  return `${line}\n`;
}

function copyField(value: unknown): string {
  if (value === null || value === undefined) return "\\N";
  if (typeof value !== "string") return Buffer.isBuffer(value) ? `\\\\x${value.toString("hex")}` : String(value);
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, escaped) : value;
}

const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const escaped = (character: string): string => escapes[character] as string;
