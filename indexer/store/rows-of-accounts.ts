import type { Address } from "viem";
import type { Db } from "./database.ts";
import type { EntryKey } from "./listener.ts";
import { createRows, type Rows } from "./rows.ts";

interface OfAccount {
  seasonId: bigint;
  account: Address;
}

/** The last ledger entry of an account. */
export interface Entry extends OfAccount, EntryKey {
  /** The participant's, from 1 on. */
  number: bigint;
}

/** What an account has of a season; points by reason, those of penalties negative. */
export interface Tally extends OfAccount {
  pending: number;
  verified: number;
  refuted: number;
  caught: number;
  byProver: bigint;
  byVerifier: bigint;
  byPenalty: bigint;
}

export function entryRows(db: Db): Rows<OfAccount, Entry> {
  const find = db
    .prepare<[bigint, Address], Entry>(
      `SELECT season_id AS seasonId, account, points, last_seq AS lastSeq, number FROM entries
       WHERE season_id = ? AND account = ?`,
    )
    .safeIntegers();
  const insert = db.prepare(
    "INSERT INTO entries (season_id, account, points, last_seq, number) VALUES (?, ?, ?, ?, ?)",
  );
  const update = db.prepare("UPDATE entries SET points = ?, last_seq = ? WHERE season_id = ? AND account = ?");
  const remove = db.prepare("DELETE FROM entries WHERE season_id = ? AND account = ?");
  return createRows({
    group: ({ seasonId }) => seasonId,
    name: ({ account }) => account,
    find: ({ seasonId, account }) => find.get(seasonId, account),
    insert: (entry) => insert.run(entry.seasonId, entry.account, entry.points, entry.lastSeq, entry.number),
    update: (entry) => update.run(entry.points, entry.lastSeq, entry.seasonId, entry.account),
    remove: ({ seasonId, account }) => remove.run(seasonId, account),
  });
}

export function tallyRows(db: Db): Rows<OfAccount, Tally> {
  const find = db
    .prepare<[bigint, Address], Record<keyof Tally, bigint>>(
      `SELECT pending, verified, refuted, caught, by_prover AS byProver, by_verifier AS byVerifier,
         by_penalty AS byPenalty
       FROM tallies WHERE season_id = ? AND account = ?`,
    )
    .safeIntegers();
  const put = db.prepare("INSERT OR REPLACE INTO tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM tallies WHERE season_id = ? AND account = ?");
  const write = (t: Tally) =>
    put.run(t.seasonId, t.account, t.pending, t.verified, t.refuted, t.caught, t.byProver, t.byVerifier, t.byPenalty);
  return createRows({
    group: ({ seasonId }) => seasonId,
    name: ({ account }) => account,
    find({ seasonId, account }) {
      const found = find.get(seasonId, account);
      if (!found) return undefined;
      const { pending, verified, refuted, caught, byProver, byVerifier, byPenalty } = found;
      return {
        ...{ seasonId, account, byProver, byVerifier, byPenalty },
        ...{ pending: Number(pending), verified: Number(verified), refuted: Number(refuted), caught: Number(caught) },
      };
    },
    insert: write,
    update: write,
    remove: ({ seasonId, account }) => remove.run(seasonId, account),
  });
}
