import type { Address } from "viem";
import type { Db } from "./database.ts";

/** Points of an account by why it has them; those of penalties are zero or less. */
interface ReasonRow {
  by_prover: string;
  by_verifier: string;
  by_penalty: string;
}

/** Reads what a season knows of accounts beside their standings. */
export interface AccountReader {
  /** Accounts with a ledger entry whose addresses begin so, in any case of the letters, in order. */
  startingWith(seasonId: number, prefix: string, limit: number): Address[];
  /** Undefined where the account did nothing. */
  reasons(seasonId: number, account: Address): ReasonRow | undefined;
}

export function createAccountReader(db: Db): AccountReader {
  const startingWith = db
    .prepare<[number, string, string, number], Address>(
      `SELECT account FROM entries WHERE season_id = ? AND account >= ? AND account < ? AND last_seq > 0
       ORDER BY account LIMIT ?`,
    )
    .pluck();
  const reasons = db.prepare<[number, Address], ReasonRow>(
    `SELECT CAST(by_prover AS TEXT) AS by_prover, CAST(by_verifier AS TEXT) AS by_verifier,
       CAST(by_penalty AS TEXT) AS by_penalty
     FROM entries WHERE season_id = ? AND account = ?`,
  );
  return {
    // "g" follows every hex digit.
    startingWith: (seasonId, prefix, limit) => startingWith.all(seasonId, prefix, `${prefix}g`, limit),
    reasons: (seasonId, account) => reasons.get(seasonId, account),
  };
}
