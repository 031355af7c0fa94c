import type { Activity } from "../../fold/activity.ts";
import type { Db } from "./database.ts";

/** Reads how busy the chain was. */
export interface ActivityReader {
  /** The last `minutes` minutes that had any attestation, in order. */
  latest(minutes: number): Activity[];
}

export function createActivityReader(db: Db): ActivityReader {
  const latest = db.prepare<[number], Activity>(
    `SELECT minute, method, count FROM activity
     WHERE minute IN (SELECT DISTINCT minute FROM activity ORDER BY minute DESC LIMIT ?)
     ORDER BY minute, method`,
  );
  return { latest: (minutes) => latest.all(minutes) };
}
