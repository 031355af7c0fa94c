import type { Address } from "viem";
import type { Db } from "./database.ts";
import type { EntryKey } from "./listener.ts";
import { createRows, type Rows } from "./rows.ts";

interface OfAccount {
  seasonId: bigint;
  account: Address;
}

/** What an account has of a season: zeros for what it lacks. */
export interface Entry extends OfAccount, EntryKey {
  /** The participant's, from 1 on. */
  number: bigint;
  pending: number;
  verified: number;
  refuted: number;
  caught: number;
  /** Points by reason, those of penalties negative. */
  byProver: bigint;
  byVerifier: bigint;
  byPenalty: bigint;
}

export function entryRows(db: Db): Rows<OfAccount, Entry> {
  const find = db
    .prepare<[bigint, Address], Record<Exclude<keyof Entry, "account">, bigint>>(
      `SELECT points, last_seq AS lastSeq, number, pending, verified, refuted, caught, by_prover AS byProver,
         by_verifier AS byVerifier, by_penalty AS byPenalty
       FROM entries WHERE season_id = ? AND account = ?`,
    )
    .safeIntegers();
  const insert = db.prepare("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const update = db.prepare(
    `UPDATE entries SET points = ?, last_seq = ?, number = ?, pending = ?, verified = ?, refuted = ?, caught = ?,
       by_prover = ?, by_verifier = ?, by_penalty = ?
     WHERE season_id = ? AND account = ?`,
  );
  const remove = db.prepare("DELETE FROM entries WHERE season_id = ? AND account = ?");
  return createRows({
    group: ({ seasonId }) => seasonId,
    name: ({ account }) => account,
    find({ seasonId, account }) {
      const found = find.get(seasonId, account);
      return (
        found && {
          seasonId,
          account,
          points: found.points,
          lastSeq: found.lastSeq,
          number: found.number,
          pending: Number(found.pending),
          verified: Number(found.verified),
          refuted: Number(found.refuted),
          caught: Number(found.caught),
          byProver: found.byProver,
          byVerifier: found.byVerifier,
          byPenalty: found.byPenalty,
        }
      );
    },
    insert(e) {
      insert.run(
        e.seasonId,
        e.account,
        e.points,
        e.lastSeq,
        e.number,
        e.pending,
        e.verified,
        e.refuted,
        e.caught,
        e.byProver,
        e.byVerifier,
        e.byPenalty,
      );
    },
    update(e) {
      update.run(
        e.points,
        e.lastSeq,
        e.number,
        e.pending,
        e.verified,
        e.refuted,
        e.caught,
        e.byProver,
        e.byVerifier,
        e.byPenalty,
        e.seasonId,
        e.account,
      );
    },
    remove: ({ seasonId, account }) => remove.run(seasonId, account),
  });
}
