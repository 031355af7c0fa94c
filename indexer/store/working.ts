import type { Address, Hex } from "viem";
import { type Bulk, createBulk } from "./bulk.ts";
import type { Db } from "./database.ts";
import type { EntryChange, EntryListener } from "./listener.ts";
import { type Entry, entryRows } from "./rows-of-accounts.ts";
import { activityRows, attestationRows } from "./rows-of-attestations.ts";
import { seasonRows, taskRows } from "./rows-of-seasons.ts";

type LedgerRow = [
  seasonId: bigint,
  seq: bigint,
  account: Address,
  subject: Hex,
  reason: number,
  delta: bigint,
  points: bigint,
  ledgerHash: Hex,
  blockNumber: number,
  logIndex: number,
];

/** The rows that a transaction reads and writes again and again, written once each when it ends. */
export interface Working {
  seasons: ReturnType<typeof seasonRows>;
  tasks: ReturnType<typeof taskRows>;
  attestations: ReturnType<typeof attestationRows>;
  entries: ReturnType<typeof entryRows>;
  activity: ReturnType<typeof activityRows>;
  /** Rows to add, in the order of the table's columns. */
  ledger: Bulk<LedgerRow>;
  /** Writes what was changed, and tells the listener of entries. */
  flush(listener: EntryListener | undefined): void;
  /** Tells the listener of entries, and writes seasons only. */
  tell(listener: EntryListener | undefined): void;
  /** Keeps what is held for the next transaction, unless it is too much. */
  trim(): void;
  /** Drops what is held, written or not. */
  forget(): void;
}

export function createWorking(db: Db): Working {
  const seasons = seasonRows(db);
  const tasks = taskRows(db);
  const attestations = attestationRows(db);
  const entries = entryRows(db);
  const activity = activityRows(db);
  const ledger = createBulk<LedgerRow>(db, "ledger", 10);

  function tell(listener: EntryListener | undefined): void {
    seasons.flush();
    const changes: EntryChange[] = [];
    entries.tell((before, after) => {
      const { seasonId, account } = (before ?? after) as Entry;
      const [was, is] = [ranked(before), ranked(after)];
      if (was?.lastSeq === is?.lastSeq) listener?.tallied(seasonId, account);
      else changes.push({ seasonId, account, number: Number((was ?? is)?.number), before: was, after: is });
    });
    if (changes.length > 0) listener?.changed(changes);
  }

  return {
    ...{ seasons, tasks, attestations, entries, activity, ledger },
    tell,
    flush(listener) {
      tell(listener);
      ledger.flush();
      for (const rows of [tasks, attestations, entries, activity]) rows.flush();
    },
    trim() {
      for (const rows of [seasons, tasks, attestations, entries, activity]) rows.trim();
    },
    forget() {
      ledger.forget();
      for (const rows of [seasons, tasks, attestations, entries, activity]) rows.forget();
    },
  };
}

/** The entry where it ranks, which it does by a ledger entry. */
const ranked = (entry: Entry | undefined): Entry | undefined => (entry && entry.lastSeq > 0n ? entry : undefined);
