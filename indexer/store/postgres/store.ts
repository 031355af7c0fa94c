import type { AddedMethod } from "../../decode/events.ts";
import type { Method } from "../../fold/methods.ts";
import { FatalError } from "../../ingest/errors.ts";
import { LOGS_AT_ONCE, Missing, type Replay, StorageError, type Store, type Undo } from "../store.ts";
import { changesOf, keptOf, keysOf } from "../undo.ts";
import { createHeldChain, storedBlocks } from "./chain.ts";
import { type Client, inTransaction } from "./client.ts";
import type { Connection } from "./connection.ts";
import type { Lease } from "./lease.ts";
import type { Place } from "./place.ts";
import { createHeldRows } from "./rows.ts";
import { complete, emptyRows, IS_COMPLETE } from "./schema.ts";

/** The channel on which servers hear of each change of the cursor: the revision. */
export const channelOf = ({ schema }: Place): string => `${schema}_changed`;

/** A store in PostgreSQL, written by whoever holds the lease. */
export interface PostgresStore extends Store {
  /** Has SQL be done in order with what else is written, after the rows. */
  later(write: (db: Connection) => Promise<unknown>): void;
  /** Whether the ranking is built. */
  isRanked(): boolean;
  /** Has SQL build the ranking, after all else that is done. */
  buildRanking(sql: string): void;
  /** Reads something now, for the work to use at once; throws `Missing` until it is there. */
  known<Result>(name: string, read: (db: Connection) => Promise<Result>): Result;
}

/** What stays the same in tries of one work. */
interface Kept {
  undo: { above: number; texts: string[] } | undefined;
  known: Map<string, unknown>;
}

async function readRevision(db: Connection): Promise<bigint | undefined> {
  const [row] = await db.rows("SELECT revision FROM writer");
  return row?.[0] as bigint | undefined;
}

const UNDO_ABOVE = "SELECT block_number, changes FROM undo WHERE block_number > $1 ORDER BY block_number DESC";

/**
 * The writing side of a database. `client` is used for nothing else meanwhile. Where the rows' tables are of an older
 * version, `renew` replaces them when the rows are first emptied, before which nothing else is to be written.
 */
export function createPostgresStore(
  client: Client,
  place: Place,
  lease: Lease,
  renew?: (db: Connection) => Promise<void>,
): PostgresStore {
  let isOutdated = renew !== undefined;
  const chain = createHeldChain();
  const rows = createHeldRows();
  let methods: AddedMethod[] = [];
  let nextMethods: AddedMethod[] | undefined;
  let isBuilt = { complete: false, ranked: false };
  /** The database's, when it was read or written last. */
  let revision: bigint | undefined;
  let next: { complete: boolean; ranking: string | undefined } = { complete: false, ranking: undefined };
  let emptied: "rows" | "chain" | undefined;
  let laterWrites: ((db: Connection) => Promise<unknown>)[] = [];
  let undoWrites: { added: [number, string][]; removedAbove: number | undefined; pruned: number | undefined } =
    nothingUndone();
  let wanted = new Map<string, (db: Connection) => Promise<unknown>>();
  let kept: Kept = { undo: undefined, known: new Map() };

  const undo: Undo = {
    keep(changes) {
      const text = keptOf(changes);
      if (text !== undefined) undoWrites.added.push([changes.cursor.number, text]);
    },
    take(blockNumber) {
      if (kept.undo?.above !== blockNumber) {
        wanted.set("undo", async (db) => {
          const found = await db.rows(UNDO_ABOVE, blockNumber);
          kept.undo = { above: blockNumber, texts: found.map(([, text]) => text as string) };
          for (const text of kept.undo.texts) for (const { table, key } of keysOf(text)) rows.want(table, key);
        });
        throw new Missing();
      }
      const text = kept.undo.texts[taken];
      if (text === undefined) return undefined;
      undoWrites.removedAbove = blockNumber;
      taken++;
      return changesOf(text, rows.load);
    },
    prune(finalized) {
      undoWrites.pruned = finalized;
    },
  };
  /** Texts of {@link kept} that this try has taken. */
  let taken = 0;

  const isComplete = (): boolean => next.complete || (isBuilt.complete && emptied === undefined);
  const isRanked = (): boolean => next.ranking !== undefined || (isBuilt.ranked && emptied === undefined);

  function revert(): void {
    chain.revert();
    rows.revert();
    nextMethods = emptied = undefined;
    next = { complete: false, ranking: undefined };
    laterWrites = [];
    undoWrites = nothingUndone();
    taken = 0;
  }

  function forget(): void {
    revert();
    chain.forget();
    rows.forget();
  }

  async function open(db: Connection): Promise<void> {
    revision = await readRevision(db);
    await chain.open(db);
    if (isOutdated) {
      methods = [];
      isBuilt = { complete: false, ranked: false };
      return;
    }
    methods = (await db.rows("SELECT id, address, block_number FROM methods ORDER BY id")).map(
      ([id, address, number]) => ({
        ...{ id: Number(id), address: address as AddedMethod["address"], blockNumber: Number(number) },
      }),
    );
    const [built] = await db.rows(
      `SELECT ${IS_COMPLETE}, EXISTS (SELECT 1 FROM ranking_built), EXISTS (SELECT 1 FROM events)`,
    );
    const [complete, ranked, hasLogs] = built as [boolean, boolean, boolean];
    isBuilt = { complete, ranked };
    if (!hasLogs) rows.startWhole();
  }

  async function fetch(db: Connection): Promise<void> {
    const reads = [...wanted.values()];
    wanted = new Map();
    for (const read of reads) await read(db);
    await chain.fetch(db);
    await rows.fetch(db);
  }

  /** Does work until it has all that it reads. What it wrote is still to be flushed. */
  async function attempt<Result>(db: Connection, work: () => Result, undone: () => void): Promise<Result> {
    for (;;) {
      try {
        return work();
      } catch (error) {
        revert();
        undone();
        if (!(error instanceof Missing)) throw error;
      }
      await fetch(db);
    }
  }

  async function flush(db: Connection): Promise<void> {
    if (emptied && renew && isOutdated) await renew(db);
    if (emptied) await emptyRows(db, place, emptied);
    isOutdated &&= emptied === undefined;
    await rows.flush(db);
    const { added, removedAbove, pruned } = undoWrites;
    if (removedAbove !== undefined) await db.rows("DELETE FROM undo WHERE block_number > $1", removedAbove);
    for (const [number, text] of added) await db.rows("INSERT INTO undo VALUES ($1, $2)", number, text);
    const { from, to, undone } = chain.move();
    await chain.flush(db);
    if (pruned !== undefined) await db.rows("DELETE FROM undo WHERE block_number <= $1", pruned);
    for (const write of laterWrites) await write(db);
    if (next.complete) await complete(db);
    if (next.ranking !== undefined) await db.run(next.ranking);
    if (to !== undefined && (to !== from || undone || emptied))
      await announce(db, undone ? { fork: to, head: from ?? to } : undefined);
    methods = nextMethods ?? methods;
    isBuilt = { complete: isComplete(), ranked: isRanked() };
    revert();
  }

  async function announce(db: Connection, reorganised: { fork: number; head: number } | undefined): Promise<void> {
    const [row] = await db.rows("UPDATE writer SET revision = revision + 1 RETURNING revision");
    const now = row?.[0] as bigint;
    revision = now;
    if (reorganised) {
      const { fork, head } = reorganised;
      await db.rows("INSERT INTO reorganisations VALUES ($1, $2, $3)", now, fork, head);
      await db.rows("DELETE FROM reorganisations WHERE revision <= $1", now - MOST_REORGANISATIONS);
    }
    await db.rows("SELECT pg_notify($1, $2)", channelOf(place), String(now));
  }

  /** Begins a transaction's work. A server that took another's place may lack what was written there last. */
  async function begin(db: Connection): Promise<void> {
    await lease.keep(db);
    if ((await readRevision(db)) !== revision)
      throw new StorageError(`The database ${place.shown} lacks what was written last: another server took its place.`);
  }

  /** Does all of it with the connection; where its transaction failed, nothing is known any more. */
  async function whole<Result>(work: (db: Connection) => Promise<Result>, undone: () => void): Promise<Result> {
    try {
      return await client.use(async (db) => {
        if (!chain.isOpen()) await open(db);
        return work(db);
      });
    } catch (error) {
      forget();
      undone();
      throw error;
    } finally {
      kept = { undo: undefined, known: new Map() };
    }
  }

  const damaged = (what: string) =>
    new FatalError(`The database ${place.shown} is damaged: ${what}. Restore a backup of it.`);

  return {
    atomically: (work, undone) =>
      whole(async (db) => {
        const result = await attempt(db, work, undone);
        await inTransaction(db, async () => {
          await begin(db);
          await flush(db);
        });
        return result;
      }, undone),
    replay: ({ begin: first, each, end }: Replay, undone) =>
      whole(
        (db) =>
          inTransaction(db, async () => {
            await begin(db);
            const step = async (work: () => void) => {
              await attempt(db, work, undone);
              await flush(db);
            };
            await step(first);
            for await (const blocks of storedBlocks(db, LOGS_AT_ONCE, damaged)) await step(() => each(blocks));
            await step(end);
          }),
        undone,
      ),
    reading: (work) =>
      whole(
        (db) => attempt(db, work, () => {}),
        () => {},
      ),
    blocks: chain.blocks,
    logs: chain.logs,
    undo,
    methods: () => nextMethods ?? methods,
    load: rows.load,
    write(changes) {
      rows.change(changes.rows);
      for (const { table, before, after } of changes.rows)
        if (table === "methods") nextMethods = changed(nextMethods ?? methods, before, after);
    },
    empty(what) {
      emptied = what;
      rows.empty();
      nextMethods = [];
      if (what === "chain") chain.empty();
    },
    complete() {
      if (!isComplete()) next.complete = true;
    },
    isComplete,
    later(write) {
      laterWrites.push(write);
    },
    isRanked,
    buildRanking(sql) {
      next.ranking = sql;
    },
    known(name, read) {
      if (kept.known.has(name)) return kept.known.get(name) as never;
      wanted.set(name, async (db) => kept.known.set(name, await read(db)));
      throw new Missing();
    },
  };
}

const MOST_REORGANISATIONS = 1_000n;

const nothingUndone = () => ({ added: [] as [number, string][], removedAbove: undefined, pruned: undefined });

function changed(methods: readonly AddedMethod[], before?: Method, after?: Method): AddedMethod[] {
  const others = methods.filter(({ id }) => id !== before?.id && id !== after?.id);
  const all = after ? [...others, { id: after.id, address: after.address, blockNumber: after.blockNumber }] : others;
  return all.toSorted((a, b) => a.id - b.id);
}
