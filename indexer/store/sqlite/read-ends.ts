import type { Address } from "viem";
import type { EventLocation } from "../../../sdk/wire.ts";
import type { Badge } from "../../fold/badges.ts";
import type { Chunk, SeasonEnd } from "../../fold/ends.ts";
import type { TableName } from "../../fold/kinds.ts";
import type { Claim, Rewards } from "../../fold/rewards.ts";
import { type Located, locatedRows, locationColumns, locationIn } from "../event-columns.ts";
import { layoutOf, rowOf } from "../tables.ts";
import type { Db } from "./database.ts";

/** How far a frozen season's end has come, and where that happened. */
export type ReadEnd = SeasonEnd & { frozen: EventLocation; finalised: EventLocation | null };

/** Reads the ends of seasons: final orders, rewards and badges. */
export interface EndReader {
  /** Undefined before the season is frozen. */
  end(seasonId: number): ReadEnd | undefined;
  /** The chunk of a season's final order that holds a place; undefined while there is none. */
  finalChunk(seasonId: number, place: number): Chunk | undefined;
  rewards(seasonId: number): Rewards | undefined;
  claim(seasonId: number, account: Address): Located<Claim> | undefined;
  badge(seasonId: number, place: number): Located<Badge> | undefined;
}

export function createEndReader(db: Db): EndReader {
  const columnsOf = (table: TableName) => layoutOf(table).fields.map(({ column }) => `${table}.${column}`);
  const prepared = <Parameters extends unknown[]>(sql: string) =>
    db.prepare<Parameters, unknown[]>(sql).raw().safeIntegers();

  const ofEnds = layoutOf("ends");
  const locations = [...locationColumns("frozen_block", "frozen_log"), ...locationColumns("final_block", "final_log")];
  const end = prepared<[number]>(`SELECT ${[...columnsOf("ends"), ...locations]} FROM ends WHERE season_id = ?`);
  const chunk = prepared<[number, number]>(
    `SELECT ${columnsOf("chunks")} FROM ends JOIN chunks USING (season_id, poster, epoch)
     WHERE season_id = ? AND first <= ? ORDER BY first DESC LIMIT 1`,
  );
  const rewards = prepared<[number]>(`SELECT ${columnsOf("rewards")} FROM rewards WHERE season_id = ?`);
  const ofClaims = locatedRows("claims");
  const claim = prepared<[number, Address]>(`${ofClaims.select} WHERE season_id = ? AND account = ?`);
  const ofBadges = locatedRows("badges");
  const badge = prepared<[number, number]>(`${ofBadges.select} WHERE season_id = ? AND place = ?`);

  return {
    end(seasonId) {
      const values = end.get(seasonId);
      if (!values) return undefined;
      const row = rowOf<"ends">(ofEnds, values);
      const further = values.slice(ofEnds.fields.length);
      return {
        ...row,
        frozen: locationIn(row.frozenBlock, row.frozenLog, further) as EventLocation,
        finalised: locationIn(row.finalBlock, row.finalLog, further.slice(2)),
      };
    },
    finalChunk(seasonId, place) {
      const values = chunk.get(seasonId, place);
      return values && rowOf<"chunks">(layoutOf("chunks"), values);
    },
    rewards(seasonId) {
      const values = rewards.get(seasonId);
      return values && rowOf<"rewards">(layoutOf("rewards"), values);
    },
    claim(seasonId, account) {
      const values = claim.get(seasonId, account);
      return values && ofClaims.rowOf(values);
    },
    badge(seasonId, place) {
      const values = badge.get(seasonId, place);
      return values && ofBadges.rowOf(values);
    },
  };
}
