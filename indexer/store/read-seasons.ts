import type { Address, Hex } from "viem";
import type { LedgerHead } from "../ingest/ledgers.ts";
import type { Db } from "./database.ts";
import { type PlaceRow, placeColumns } from "./read-places.ts";

export interface SeasonRow {
  season_id: string;
  organiser: Address;
  verifier_cap: string;
  uri: string | null;
  starts_at: number | null;
  ends_at: number | null;
  closes_at: number | null;
  seed: Hex | null;
  seeded_at: number | null;
  seq: string;
  participants: number;
  total_points: string;
  ledger_hash: Hex;
}

export interface TaskRow extends PlaceRow {
  task_id: string;
  model_id: Hex;
  method: number;
  points: string;
  units_per_account: number;
  noise: number;
  input_count: number;
  input_set_root: Hex;
}

/** Reads seasons and their tasks. */
export interface SeasonReader {
  /** Newest first. */
  seasons(limit: number): SeasonRow[];
  season(seasonId: number): SeasonRow | undefined;
  /** In order. */
  tasks(seasonId: string): TaskRow[];
  ledgers(): LedgerHead[];
  /** Whether the season's ledger had this hash after entry `seq`: false when a reorg undid it. */
  hadLedger(seasonId: number, seq: bigint, hashStart: string): boolean;
  /** Seasons where the account has anything, newest first. */
  seasonsOf(account: Address, limit: number): AccountSeasonRow[];
}

interface AccountSeasonRow {
  season_id: number;
  verified: number;
  pending: number;
  refuted: number;
  caught: number;
}

const SEASON = `SELECT CAST(season_id AS TEXT) AS season_id, organiser, verifier_cap, uri,
  starts_at, ends_at, closes_at, seed, (SELECT timestamp FROM blocks WHERE number = seeded_in) AS seeded_at,
  CAST(seq AS TEXT) AS seq, participants, CAST(total_points AS TEXT) AS total_points, ledger_hash FROM seasons`;

export function createSeasonReader(db: Db): SeasonReader {
  const seasons = db.prepare<[number], SeasonRow>(`${SEASON} ORDER BY seasons.season_id DESC LIMIT ?`);
  const season = db.prepare<[number], SeasonRow>(`${SEASON} WHERE seasons.season_id = ?`);
  const tasks = db.prepare<[string], TaskRow>(
    `SELECT CAST(task_id AS TEXT) AS task_id, model_id, method, CAST(points AS TEXT) AS points, units_per_account,
       noise, input_count, input_set_root, ${placeColumns("tasks")}
     FROM tasks WHERE season_id = CAST(? AS INTEGER) ORDER BY tasks.task_id`,
  );
  const heads = db
    .prepare<[], { season_id: bigint; seq: bigint; participants: bigint; total_points: bigint; ledger_hash: Hex }>(
      "SELECT season_id, seq, participants, total_points, ledger_hash FROM seasons ORDER BY season_id",
    )
    .safeIntegers();
  const hashAt = db
    .prepare<[number, bigint], Hex>("SELECT ledger_hash FROM ledger WHERE season_id = ? AND seq = ?")
    .pluck();
  const ofAccount = db.prepare<[Address, number], AccountSeasonRow>(
    `SELECT season_id, verified, pending, refuted, caught FROM entries WHERE account = ?
     ORDER BY season_id DESC LIMIT ?`,
  );
  return {
    seasons: (limit) => seasons.all(limit),
    season: (seasonId) => season.get(seasonId),
    tasks: (seasonId) => tasks.all(seasonId),
    ledgers: () =>
      heads.all().map((head) => ({
        seasonId: head.season_id,
        seq: head.seq,
        participants: Number(head.participants),
        totalPoints: head.total_points,
        ledgerHash: head.ledger_hash,
      })),
    hadLedger: (seasonId, seq, hashStart) => hashAt.get(seasonId, seq)?.startsWith(hashStart) ?? false,
    seasonsOf: (account, limit) => ofAccount.all(account, limit),
  };
}
