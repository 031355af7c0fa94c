import type { Deployment } from "../sdk/deployment.ts";
import { createDecoder, type Decoder } from "./decode/events.ts";
import { createFollowing, rankingSql } from "./rank/postgres/following.ts";
import type { Eventual } from "./store/eventual.ts";
import { type Client, inTransaction } from "./store/postgres/client.ts";
import type { Connection } from "./store/postgres/connection.ts";
import type { Lease } from "./store/postgres/lease.ts";
import { type Place, rowsOf } from "./store/postgres/place.ts";
import { createReaders } from "./store/postgres/readers.ts";
import { createSchema, dropSchema, keepCurrent, renewRows, schemaState } from "./store/postgres/schema.ts";
import { createPostgresStore, type PostgresStore } from "./store/postgres/store.ts";
import { createWriter, type Writer } from "./sync/writer.ts";

/** A database that this process writes. */
export interface Written {
  decoder: Decoder;
  store: PostgresStore;
  writer: Eventual<Writer>;
}

/** Does work in a transaction, one process at a time. */
const alone = <Result>(db: Connection, { schema }: Place, work: () => Promise<Result>): Promise<Result> =>
  inTransaction(db, async () => {
    await db.rows("SELECT pg_advisory_xact_lock(hashtext($1))", schema);
    return work();
  });

/**
 * Makes the schemas in a database that has none. Throws `FatalError` where they are another deployment's, unless `wipe`
 * lets them be dropped for new ones, and where they are of a newer version; answers why they were dropped.
 */
export const prepareSchema = (
  client: Client,
  place: Place,
  deployment: Deployment,
  wipe = false,
): Promise<string | undefined> =>
  client.use((db) =>
    alone(db, place, async () => {
      let dropped: string | undefined;
      const state = await schemaState(db, place, deployment).catch(async (error: Error) => {
        if (!wipe) throw error;
        dropped = error.message;
        await dropSchema(db, place);
        return "new" as const;
      });
      if (state !== "new") return undefined;
      await db.run(`CREATE SCHEMA IF NOT EXISTS ${place.schema}; CREATE SCHEMA IF NOT EXISTS ${rowsOf(place)}`);
      await createSchema(db, place, deployment, rankingSql);
      return dropped;
    }),
  );

/**
 * Opens a database whose lease was taken for writing; one of an older version is brought up to date from its logs, in one
 * transaction. `between` is called between the parts of an upgrade: what it throws breaks that off.
 */
export async function openWritten(
  client: Client,
  place: Place,
  deployment: Deployment,
  lease: Lease,
  between?: () => void,
): Promise<Written> {
  const isOutdated = await client.use((db) =>
    inTransaction(db, async () => {
      await lease.keep(db);
      if ((await schemaState(db, place, deployment)) === "outdated") return true;
      await keepCurrent(db, place, deployment, rankingSql);
      return false;
    }),
  );
  const decoder = createDecoder(deployment);
  const renew = isOutdated ? (db: Connection) => renewRows(db, place, rankingSql) : undefined;
  const store = createPostgresStore(client, place, lease, renew);
  const writer: Eventual<Writer> = createWriter({ decoder, store, ranking: createFollowing(store), deployment });
  if (isOutdated) {
    await writer.rebuild(between);
    await writer.complete();
  }
  decoder.follow(await store.reading(store.methods));
  return { decoder, store, writer };
}

/** The ledgers of all seasons as folded. */
export const localLedgers = (client: Client) =>
  client.use((db) => Promise.resolve(createReaders(db).seasons.ledgers()));

/** The stored logs of blocks from one to another, in order. */
export const localLogs = (client: Client, from: number, to: number) =>
  client.use((db) => Promise.resolve(createReaders(db).logs.between(from, to)));
