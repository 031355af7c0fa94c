import type { Ranking } from "../../indexer/rank/ranking.ts";
import type { Db } from "../../indexer/store/database.ts";
import type { Entry } from "../../indexer/store/rows-of-accounts.ts";
import { createWorking } from "../../indexer/store/working.ts";
import { accountOf, SEASON } from "./population.ts";

/** About a block's. */
const IN_TRANSACTION = 100;

/**
 * Gives points to participants, one after the other, by the store's own code, and then undoes all of it. Answers the
 * microseconds of each change and of each undoing, a transaction's end in equal shares.
 */
export function measureUpdates(db: Db, ranking: Ranking, participants: readonly number[]): number[] {
  const working = createWorking(db);
  const season = db.prepare("UPDATE seasons SET seq = seq + ?");
  const last = db.prepare<[], bigint>("SELECT seq FROM seasons").pluck().safeIntegers().get() as bigint;
  const before: Entry[] = [];

  function change(participant: number, i: number): void {
    const entry = working.entries.get({ seasonId: BigInt(SEASON), account: accountOf(participant) }) as Entry;
    before.push(entry);
    const points = entry.points + 10n * BigInt(1 + (i % 10));
    working.entries.set({ ...entry, points, lastSeq: last + BigInt(i + 1) });
    working.flush(ranking.listener);
  }

  function undo(entry: Entry): void {
    working.entries.set(entry);
    working.flush(ranking.listener);
  }

  // Rows whose updates were broken off are known by this.
  season.run(1);
  const changes = inTransactions(db, participants, change);
  const undos = inTransactions(db, before.reverse(), undo);
  season.run(-1);
  return [...changes, ...undos];
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
