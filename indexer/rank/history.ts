import type { Address } from "viem";
import type { Db } from "../store/sqlite/database.ts";
import { createBuilt } from "./built.ts";
import { RANK_BYTES, RANKS_PER_ROW } from "./epochs.ts";

/** An epoch that has ended. */
interface Epoch {
  /** From 1 on. */
  epoch: number;
  /** Unix seconds. */
  endsAt: number;
  /** The season's last ledger entry before the end. */
  seq: string;
}

/** Where an account stood when an epoch ended. */
export interface PastStanding {
  rank: number;
  points: string;
}

/** Reads how standings were. Throws `RankingNotBuilt` until the ranking is built. */
export interface History {
  /** The epochs of a season that have ended, in order; at most 100. */
  epochs(seasonId: number): Epoch[];
  /** An account's standing at the end of each of {@link epochs}; null before its first ledger entry. */
  standingsAt(seasonId: number, account: Address): (PastStanding | null)[];
}

interface Row {
  rank: Buffer | null;
  points: string | null;
}

export function createHistory(db: Db): History {
  const built = createBuilt(db);
  const epochs = db.prepare<[number], Epoch>(
    "SELECT epoch, ends_at AS endsAt, CAST(seq AS TEXT) AS seq FROM epochs WHERE season_id = ? ORDER BY epoch",
  );
  // The ledger compares accounts case-sensitively, entries don't.
  const participant = db.prepare<[number, Address], { account: Address; number: number }>(
    "SELECT account, number FROM entries WHERE season_id = ? AND account = ? AND last_seq > 0",
  );
  // Asked for its last row itself, SQLite would go through the season's ledger instead of the account's.
  const standings = db.prepare<[{ season: number; account: Address; chunk: number; at: number }], Row>(
    `SELECT
       (SELECT substr(ranks, :at, ${RANK_BYTES}) FROM epoch_ranks
        WHERE season_id = epochs.season_id AND seq = epochs.seq AND chunk = :chunk) AS rank,
       (SELECT CAST(points AS TEXT) FROM ledger WHERE (season_id, seq) = (
          SELECT season_id, max(seq) FROM ledger
          WHERE account = :account AND season_id = epochs.season_id AND seq <= epochs.seq)) AS points
     FROM epochs WHERE season_id = :season ORDER BY epoch`,
  );

  return {
    epochs(seasonId) {
      built.require();
      return epochs.all(seasonId);
    },
    standingsAt(seasonId, account) {
      built.require();
      const found = participant.get(seasonId, account);
      if (!found) return epochs.all(seasonId).map(() => null);
      const index = found.number - 1;
      const chunk = Math.floor(index / RANKS_PER_ROW);
      const at = RANK_BYTES * (index % RANKS_PER_ROW) + 1;
      return standings.all({ season: seasonId, account: found.account, chunk, at }).map(standingOf);
    },
  };
}

/** A past standing as it is stored; null before the first ledger entry. */
export const standingOf = ({ rank, points }: Row): PastStanding | null =>
  rank === null || rank.length === 0 || points === null ? null : { rank: rank.readUInt32LE(), points };
