import type { Changes } from "../../indexer/fold/changes.ts";
import type { Entry } from "../../indexer/fold/entries.ts";
import type { Ranking } from "../../indexer/rank/ranking.ts";
import type { Db } from "../../indexer/store/sqlite/database.ts";
import { createStore } from "../../indexer/store/sqlite/store.ts";
import { accountOf, SEASON } from "./population.ts";

/** About a block's. */
const IN_TRANSACTION = 100;

const cursor: Changes["cursor"] = { number: 0, timestamp: 0, hash: "0x", parentHash: "0x" };

/**
 * Gives points to participants, one after the other, by the store's own code, and then undoes all of it. Answers the
 * microseconds of each change and of each undoing, a transaction's end in equal shares.
 */
export function measureUpdates(db: Db, ranking: Ranking, participants: readonly number[]): number[] {
  const store = createStore(db);
  const season = db.prepare("UPDATE seasons SET seq = seq + ?");
  const last = db.prepare<[], bigint>("SELECT seq FROM seasons").pluck().safeIntegers().get() as bigint;
  const undos: Changes[] = [];

  function change(participant: number, i: number): void {
    const before = store.load("entries", { seasonId: SEASON, account: accountOf(participant) }) as Entry;
    const points = before.points + 10n * BigInt(1 + (i % 10));
    const after: Entry = { ...before, points, lastSeq: last + BigInt(i + 1) };
    undos.push({ cursor, rows: [{ table: "entries", before: after, after: before }] });
    follow({ cursor, rows: [{ table: "entries", before, after }] });
  }

  function follow(changes: Changes): void {
    store.write(changes);
    ranking.follow(changes, () => cursor.timestamp);
  }

  // Rows whose updates were broken off are known by this.
  season.run(1);
  const changes = inTransactions(db, participants, change);
  const undone = inTransactions(db, undos.reverse(), follow);
  season.run(-1);
  return [...changes, ...undone];
}

function inTransactions<T>(db: Db, items: readonly T[], work: (item: T, i: number) => void): number[] {
  const times: number[] = [];
  for (let from = 0; from < items.length; from += IN_TRANSACTION) {
    const some = items.slice(from, from + IN_TRANSACTION);
    const began = performance.now();
    const within: number[] = [];
    db.transaction(() => {
      for (const [i, item] of some.entries()) {
        const start = performance.now();
        work(item, from + i);
        within.push(performance.now() - start);
      }
    })();
    const worked = within.reduce((sum, time) => sum + time, 0);
    const share = (performance.now() - began - worked) / some.length;
    times.push(...within.map((time) => (time + share) * 1_000));
  }
  return times;
}
