import pg from "pg";
import { copyFrom } from "./copy.ts";
import { storageError } from "./errors.ts";
import type { Place } from "./place.ts";

/** Values of a row as PostgreSQL takes and gives them: integers as bigints, bytes as Buffers. */
type Values = readonly unknown[];

const INTEGERS = [pg.types.builtins.INT2, pg.types.builtins.INT4, pg.types.builtins.INT8];
const types = {
  getTypeParser: (type: number, format?: "text" | "binary") =>
    INTEGERS.includes(type) ? BigInt : pg.types.getTypeParser(type as never, format as never),
};

/** Milliseconds. */
const CONNECT_TIMEOUT = 15_000;

/**
 * Has no plan compiled: every statement reads or writes few rows, but a table whose size isn't known yet is taken for a large
 * one, and compiling takes up to a second.
 */
export const NO_JIT = "jit = off";

/** How a connection is made: `patience` bounds a statement, and a transaction in which nothing moves, in milliseconds. */
export const configOf = (place: Place, patience: number): pg.PoolConfig => ({
  ...{ connectionString: place.url, application_name: "proofboard", types },
  ...{ connectionTimeoutMillis: CONNECT_TIMEOUT, keepAlive: true },
  ...{ statement_timeout: patience, idle_in_transaction_session_timeout: patience },
});

/** Names of prepared statements, the same on every connection. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  const name = names.get(sql) ?? `proofboard_${names.size}`;
  names.set(sql, name);
  return name;
}

/** One connection, used for one thing at a time. */
export interface Connection {
  /** The rows of a prepared statement, their values in the order of the columns. */
  rows(sql: string, ...values: Values): Promise<unknown[][]>;
  /** Statements without values, one after the other; the rows of the last one. */
  run(sql: string): Promise<unknown[][]>;
  /** Adds rows to a table by COPY, in its text form. */
  copy(table: string, columns: readonly string[], text: string): Promise<void>;
}

/** A client's connection: what is asked for meanwhile waits. */
export function connectionOf(client: pg.ClientBase, { shown }: Place): Connection {
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = last.then(work).catch(told(shown));
    last = done.catch(() => {});
    return done;
  }

  return {
    rows: (sql, ...values) =>
      inTurn(async () => {
        const query = { name: nameOf(sql), text: sql, values: [...values], rowMode: "array" } as const;
        return (await client.query<unknown[]>(query)).rows;
      }),
    run: (sql) =>
      inTurn(async () => {
        const query: pg.QueryArrayConfig = { text: sql, rowMode: "array" };
        const results: unknown = await client.query<unknown[]>(query);
        // Of several statements pg answers the result of each.
        return ([results].flat().at(-1) as pg.QueryArrayResult<unknown[]>).rows;
      }),
    copy: (table, columns, text) => inTurn(() => copyFrom(client, table, columns, text)),
  };
}

const told = (shown: string) => (error: unknown) => {
  throw storageError(shown, error);
};
