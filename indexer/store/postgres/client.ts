import pg from "pg";
import { StorageError } from "../store.ts";
import { type Connection, configOf, connectionOf, NO_JIT } from "./connection.ts";
import { storageError } from "./errors.ts";
import { type Place, rowsOf } from "./place.ts";

/** One connection for one user, made when it is needed, and anew after it broke. */
export interface Client {
  /** Does work with the connection, after all work that was asked for before. */
  use<Result>(work: (db: Connection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Opens a connection whose search path is the rows' schema. A transaction in which nothing moves for `patience` ms is ended
 * by the server, and so is a connection whose other end doesn't answer for as long.
 */
export function openClient(place: Place, patience: number): Client {
  let client: pg.Client | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function connect(): Promise<pg.Client> {
    const made = new pg.Client({ ...configOf(place, patience), statement_timeout: 0 });
    // Whoever uses it next is told.
    made.on("error", () => drop(made));
    try {
      await made.connect();
      const seconds = Math.max(1, Math.floor(patience / 1_000));
      await made.query(
        `SET search_path = ${rowsOf(place)}; SET ${NO_JIT}; SET tcp_keepalives_idle = ${seconds}; SET tcp_keepalives_interval = 1;
         SET tcp_keepalives_count = ${seconds}; SET tcp_user_timeout = ${patience}`,
      );
    } catch (error) {
      drop(made);
      throw storageError(place.shown, error);
    }
    return made;
  }

  function drop(broken: pg.Client): void {
    if (client === broken) client = undefined;
    void broken.end().catch(() => {});
  }

  async function doWith<Result>(work: (db: Connection) => Promise<Result>): Promise<Result> {
    client ??= await connect();
    const used = client;
    try {
      return await work(connectionOf(used, place));
    } catch (error) {
      // Nobody knows what of it was done.
      if (error instanceof StorageError) drop(used);
      throw error;
    }
  }

  return {
    use(work) {
      const done = last.then(() => doWith(work));
      last = done.catch(() => {});
      return done;
    },
    async close() {
      await last;
      await client?.end().catch(() => {});
      client = undefined;
    },
  };
}

/** Does work in one transaction; undoes it where it throws. */
export async function inTransaction<Result>(
  db: Connection,
  work: () => Promise<Result>,
  how = "READ COMMITTED",
): Promise<Result> {
  await db.run(`BEGIN ISOLATION LEVEL ${how}`);
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await db.run("ROLLBACK").catch(() => {});
    throw error;
  }
  await db.run("COMMIT");
  return result;
}
