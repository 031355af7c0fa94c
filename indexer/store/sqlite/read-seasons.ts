import type { Address, Hex } from "viem";
import type { Season, Task } from "../../fold/seasons.ts";
import type { LedgerHead } from "../../ingest/ledgers.ts";
import { type Located, locatedRows } from "../event-columns.ts";
import { layoutOf, rowOf } from "../tables.ts";
import type { Db } from "./database.ts";

/** A season, and when it got its seed, in unix seconds. */
export type ReadSeason = Season & { seededAt: number | null };

/** Reads seasons and their tasks. */
export interface SeasonReader {
  /** Those that were opened, newest first. */
  seasons(limit: number): ReadSeason[];
  /** Undefined also where the draft was cancelled. */
  season(seasonId: number): ReadSeason | undefined;
  /** Whether an account drafted a season, cancelled or not. */
  isOrganiser(account: Address): boolean;
  /** In order. */
  tasks(seasonId: number): Located<Task>[];
  /** Of all seasons, cancelled ones too. */
  ledgers(): LedgerHead[];
  /** Whether the season's ledger had this hash after entry `seq`: false when a reorg undid it. */
  hadLedger(seasonId: number, seq: bigint, hashStart: string): boolean;
}

export function createSeasonReader(db: Db): SeasonReader {
  const layout = layoutOf("seasons");
  const { fields } = layout;
  const select = `SELECT ${fields.map(({ column }) => column)},
    (SELECT timestamp FROM blocks WHERE number = seeded_in) FROM seasons`;
  const prepared = <Parameters extends unknown[]>(sql: string) =>
    db.prepare<Parameters, unknown[]>(sql).raw().safeIntegers();
  const seasons = prepared<[number]>(`${select} WHERE starts_at IS NOT NULL ORDER BY season_id DESC LIMIT ?`);
  const season = prepared<[number]>(`${select} WHERE season_id = ? AND cancelled_in IS NULL`);
  const isOrganiser = db.prepare<[Address], 1>("SELECT 1 FROM seasons WHERE organiser = ? LIMIT 1").pluck();
  const ofTasks = locatedRows("tasks");
  const tasks = prepared<[number]>(`${ofTasks.select} WHERE season_id = ? ORDER BY tasks.task_id`);
  const heads = prepared<[]>(`${select} ORDER BY seasons.season_id`);
  const hashAt = db
    .prepare<[number, bigint], Hex>("SELECT ledger_hash FROM ledger WHERE season_id = ? AND seq = ?")
    .pluck();

  function read(values: readonly unknown[]): ReadSeason {
    const seededAt = values[fields.length] as bigint | null;
    return { ...rowOf<"seasons">(layout, values), seededAt: seededAt === null ? null : Number(seededAt) };
  }

  return {
    seasons: (limit) => seasons.all(limit).map(read),
    season(seasonId) {
      const found = season.get(seasonId);
      return found && read(found);
    },
    isOrganiser: (account) => isOrganiser.get(account) !== undefined,
    tasks: (seasonId) => tasks.all(seasonId).map(ofTasks.rowOf),
    ledgers: () =>
      heads.all().map((values) => {
        const { seasonId, seq, participants, totalPoints, ledgerHash } = read(values);
        return { seasonId: BigInt(seasonId), seq, participants, totalPoints, ledgerHash };
      }),
    hadLedger: (seasonId, seq, hashStart) => hashAt.get(seasonId, seq)?.startsWith(hashStart) ?? false,
  };
}
