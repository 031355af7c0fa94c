import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Header } from "../../ingest/blocks.ts";
import { configOf } from "../../store/postgres/connection.ts";
import type { Place } from "../../store/postgres/place.ts";
import { channelOf } from "../../store/postgres/store.ts";
import { type Announcements, createAnnouncements } from "../../sync/announcements.ts";
import type { Range } from "../stream/undone.ts";
import type { Head, Moment, Moments } from "./moments.ts";

/** Watches a database that another process writes. */
export interface Watch {
  announcements: Announcements;
  /** The revision that was last seen. */
  revision(): bigint;
  /** The reorganisations that the database knows of, as of the start. */
  reorganisations(): readonly Range[];
  /** Looks now; answers the last block. Throws `StorageError`. */
  look(): Promise<Header | undefined>;
  close(): Promise<void>;
}

/** Pauses between looks, in milliseconds: where the server tells of changes, and where it can't, as a replica. */
const [TOLD, UNTOLD] = [1_000, 200];

/** The last state that was seen. */
interface Seen {
  revision: bigint;
  cursor: Header | undefined;
}

/**
 * Watches, and tells of each change of the cursor, from the first look on, which it waits for. `see` is told of every look;
 * `fail` why one failed.
 */
export async function watchDatabase(
  place: Place,
  moments: Moments,
  { see, fail, signal }: { see: (head: Head) => void; fail: (error: Error) => void; signal: AbortSignal },
): Promise<Watch> {
  const announcements = createAnnouncements();
  let seen: Seen | undefined;
  let first: Range[] = [];
  let looking: Promise<Header | undefined> | undefined;
  let listener: pg.Client | undefined;
  let isReplica = false;
  let wake: () => void = () => {};

  async function readChanges({ head, db }: Moment): Promise<{ head: Head; undone: Range[] }> {
    const after = seen?.revision ?? -1n;
    const rows =
      head.revision === after
        ? []
        : await db.rows("SELECT fork, head FROM reorganisations WHERE revision > $1 ORDER BY revision", after);
    return { head, undone: rows.map(([fork, head]) => ({ fork: Number(fork), head: Number(head) })) };
  }

  async function lookOnce(): Promise<Header | undefined> {
    const { head, undone } = await moments.read(readChanges);
    const cursor = head.progress?.cursor;
    const before = seen;
    seen = { revision: head.revision, cursor };
    if (!before) first = undone;
    else if (cursor) tell(before, seen, cursor, undone, head);
    isReplica = head.isReplica;
    see(head);
    return cursor;
  }

  function tell(before: Seen, { revision }: Seen, cursor: Header, undone: readonly Range[], { progress }: Head): void {
    if (revision === before.revision && cursor.hash === before.cursor?.hash) return;
    // After a failover what the other server has not is gone, as if it had been undone.
    const isBehind = before.cursor === undefined || cursor.number < before.cursor.number;
    const isLost = revision <= before.revision || (isBehind && undone.length === 0);
    const lost = { fork: Math.min(progress?.finalized ?? 0, cursor.number), head: before.cursor?.number ?? 0 };
    for (const { fork, head } of isLost ? [lost] : undone)
      announcements.announce({
        kind: "reorganised",
        cursor: { ...cursor, number: fork },
        from: fork + 1,
        head,
        isLost,
      });
    announcements.announce({ kind: "appended", cursor, from: (before.cursor?.number ?? cursor.number) + 1 });
  }

  /** One look at a time, for all who want one meanwhile. */
  function look(): Promise<Header | undefined> {
    looking ??= lookOnce().finally(() => {
      looking = undefined;
    });
    return looking;
  }

  async function listen(): Promise<void> {
    const client = new pg.Client({
      ...configOf(place, 0),
      idle_in_transaction_session_timeout: 0,
      statement_timeout: 0,
    });
    const leave = () => {
      if (listener === client) listener = undefined;
      void client.end().catch(() => {});
    };
    client.on("error", leave);
    client.on("end", leave);
    client.on("notification", () => wake());
    listener = client;
    try {
      await client.connect();
      await client.query(`LISTEN ${channelOf(place)}`);
    } catch {
      // It is looked at now and then anyway.
      leave();
    }
  }

  async function run(): Promise<void> {
    while (!signal.aborted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      let isTold = false;
      try {
        await look();
        isTold = !isReplica;
        if (isTold && !listener) await listen();
      } catch (error) {
        fail(error as Error);
      }
      const paused = new AbortController();
      const either = AbortSignal.any([signal, paused.signal]);
      await Promise.race([
        woken,
        sleep(isTold && listener ? TOLD : UNTOLD, undefined, { signal: either }).catch(() => {}),
      ]);
      paused.abort();
    }
  }

  for (;;)
    try {
      await look();
      break;
    } catch (error) {
      fail(error as Error);
      await sleep(UNTOLD, undefined, { signal });
    }
  const ended = run();

  return {
    announcements,
    revision: () => seen?.revision ?? -1n,
    reorganisations: () => first,
    look,
    async close() {
      wake();
      await ended;
      await listener?.end().catch(() => {});
    },
  };
}
