import type { Statement } from "better-sqlite3";
import type { Address } from "viem";
import type { Db } from "./database.ts";

/** Counts of an account in a season. */
export type Tally = "pending" | "verified" | "refuted" | "caught";

/** Keeps `tallies`; a row whose counts are all zero is removed, so that adding and taking away leaves no trace. */
export function createTallies(db: Db): { add(seasonId: number, account: Address, tally: Tally, amount: number): void } {
  const adders = Object.fromEntries(
    (["pending", "verified", "refuted", "caught"] as const).map((tally) => [
      tally,
      db.prepare(
        `INSERT INTO tallies (season_id, account, ${tally}) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET ${tally} = ${tally} + excluded.${tally}`,
      ),
    ]),
  ) as Record<Tally, Statement<[number, Address, number]>>;
  const clean = db.prepare(
    `DELETE FROM tallies WHERE season_id = ? AND account = ?
     AND pending = 0 AND verified = 0 AND refuted = 0 AND caught = 0`,
  );
  return {
    add(seasonId, account, tally, amount) {
      adders[tally].run(seasonId, account, amount);
      clean.run(seasonId, account);
    },
  };
}
