import pg from "pg";
import type { Hex } from "viem";
import type { Header } from "../../ingest/blocks.ts";
import type { History } from "../../rank/history.ts";
import { createPastStandings, createStandings } from "../../rank/postgres/standings.ts";
import type { Standings } from "../../rank/standings.ts";
import type { Eventual } from "../../store/eventual.ts";
import { type Connection, configOf, connectionOf, NO_JIT } from "../../store/postgres/connection.ts";
import { storageError } from "../../store/postgres/errors.ts";
import type { WriterCondition } from "../../store/postgres/lease.ts";
import { type Place, rowsOf } from "../../store/postgres/place.ts";
import { createReaders } from "../../store/postgres/readers.ts";
import { IS_COMPLETE } from "../../store/postgres/schema.ts";
import type { Readers } from "../../store/sqlite/readers.ts";
import { StorageError } from "../../store/store.ts";
import { VERSION } from "../../store/version.ts";
import type { Progress } from "../../sync/writer.ts";

/** One state of the chain, read in one transaction. */
export interface Moment {
  readers: Eventual<Readers>;
  standings(seasonId: number): Eventual<Standings>;
  history: Eventual<History>;
  db: Connection;
  head: Head;
}

/** What is known of a moment before anything else is read. */
export interface Head {
  /** Undefined before the first block. */
  progress: Progress | undefined;
  /** Whether the first sync is complete. */
  isBuilt: boolean;
  /** One more with each change of the cursor. */
  revision: bigint;
  /** How many methods the registry has. */
  methods: number;
  condition: WriterCondition;
  /** Whether a writer has the lease. */
  isWritten: boolean;
  /** Whether the server follows another, and can't be listened to. */
  isReplica: boolean;
}

/** Reads a database. */
export interface Moments {
  /** Reads one state of the chain. Throws `StorageError` where the database can't be read at the moment. */
  read<Result>(make: (moment: Moment) => Promise<Result>): Promise<Result>;
  /** How long the database takes to begin a read, in milliseconds: a moving average. */
  lateness(): number;
  /** Bytes of all tables and indexes. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

/** Longest statement, and longest wait for one of the connections, in milliseconds. */
const PATIENCE = 15_000;

/** Of one read in the average. */
const SHARE = 0.05;

const HEAD = `SELECT p.block_number, c.hash, c.parent_hash, c.timestamp, p.finalized, v.number, v.hash, v.parent_hash, v.timestamp,
    ${IS_COMPLETE} AND EXISTS (SELECT 1 FROM ranking_built), w.revision,
    (SELECT count(*) FROM methods), w.head_block, extract(epoch FROM clock_timestamp() - w.caught_up_at)::float8,
    w.failure, w.inconsistent, w.expires_at > clock_timestamp(), pg_is_in_recovery(), s.version
  FROM writer AS w CROSS JOIN (SELECT version FROM schema_version LIMIT 1) AS s LEFT JOIN progress AS p ON p.id = 1
  LEFT JOIN blocks AS c ON c.number = p.block_number LEFT JOIN blocks AS v ON v.number = p.verified
  WHERE w.id = 1`;

/** Opens at most so many connections. */
export function openMoments(place: Place, connections: number): Moments {
  const pool = new pg.Pool({ ...configOf(place, PATIENCE), max: connections });
  // Whoever uses a connection that breaks is told; one that nobody uses is made anew.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  const rows = rowsOf(place);
  const begin = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ${rows}; SET LOCAL ${NO_JIT}`;
  let lateness = 0;
  const known = new WeakMap<pg.ClientBase, Omit<Moment, "head">>();

  async function connect(): Promise<pg.PoolClient> {
    try {
      return await pool.connect();
    } catch (error) {
      throw storageError(place.shown, error);
    }
  }

  function readingWith(client: pg.ClientBase): Omit<Moment, "head"> {
    const db = connectionOf(client, place);
    const made = known.get(client) ?? {
      ...{ db, readers: createReaders(db), standings: createStandings(db), history: createPastStandings(db) },
    };
    known.set(client, made);
    return made;
  }

  /** Does work with a connection, which is free again once what `after` gives is done: nobody waits for that. */
  async function using<Result>(
    work: (client: pg.ClientBase) => Promise<Result>,
    after: (client: pg.ClientBase) => Promise<unknown> = async () => {},
  ): Promise<Result> {
    const client = await connect();
    try {
      const made = await work(client);
      void after(client).then(
        () => client.release(),
        (error: Error) => client.release(error),
      );
      return made;
    } catch (error) {
      client.release(error instanceof StorageError ? error : undefined);
      throw error;
    }
  }

  return {
    read: (make) =>
      using(
        async (client) => {
          const moment = readingWith(client);
          try {
            const began = performance.now();
            await moment.db.run(begin);
            const [head] = await moment.db.rows(HEAD).catch(noSchema);
            lateness += SHARE * (performance.now() - began - lateness);
            return await make({ ...moment, head: headOf(place, head) });
          } catch (error) {
            // A read that failed is undone like any other.
            if (!(error instanceof StorageError)) await moment.db.run("ROLLBACK");
            throw error;
          }
        },
        // What was read is so, however this ends.
        (client) => readingWith(client).db.run("COMMIT"),
      ),
    lateness: () => lateness,
    bytes: () =>
      using(async (client) => {
        const [row] = await readingWith(client).db.rows(
          "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname = $1 AND relkind = 'r'",
          rows,
        );
        return Number(row?.[0] ?? 0);
      }),
    close: () => pool.end(),
  };

  /** A database without our tables is one in which no writer has begun. */
  function noSchema(error: Error & { code?: string }): never {
    if (error.code === "42P01" || error.code === "3F000")
      throw new StorageError(
        `The database ${place.shown} has no schema ${place.schema} yet: start an indexer that writes it.`,
      );
    throw error;
  }
}

function headOf({ shown }: Place, row: readonly unknown[] | undefined): Head {
  if (!row) throw new StorageError(`The database ${shown} is being made: ask again later.`);
  const [number, hash, parentHash, timestamp, finalized, verifiedNumber, ...rest] = row;
  const [verifiedHash, verifiedParent, verifiedTime, isBuilt, revision, methods, headBlock, caughtUpFor, ...last] =
    rest;
  const [failure, inconsistent, isWritten, isReplica, version] = last;
  if (version !== BigInt(VERSION))
    throw new StorageError(
      `The database ${shown} has schema version ${version}; this server reads version ${VERSION}.`,
    );
  const cursor = headerOf(number, hash, parentHash, timestamp);
  const verified = headerOf(verifiedNumber, verifiedHash, verifiedParent, verifiedTime);
  return {
    progress: cursor && verified && { cursor, finalized: Number(finalized), verified },
    isBuilt: isBuilt as boolean,
    revision: revision as bigint,
    methods: Number(methods),
    condition: {
      headBlock: headBlock === null ? undefined : Number(headBlock),
      caughtUpFor: caughtUpFor === null ? undefined : Number(caughtUpFor),
      failure: (failure as string | null) ?? undefined,
      inconsistent: inconsistent as boolean,
    },
    isWritten: isWritten as boolean,
    isReplica: isReplica as boolean,
  };
}

const headerOf = (number: unknown, hash: unknown, parentHash: unknown, timestamp: unknown): Header | undefined =>
  number === null || hash === null
    ? undefined
    : {
        ...{ number: Number(number), hash: hash as Hex, parentHash: parentHash as Hex, timestamp: Number(timestamp) },
      };
