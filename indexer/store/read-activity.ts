import type { Db } from "./database.ts";

/** Attestations recorded in a minute of block time. */
interface ActivityRow {
  minute: number;
  method: number;
  count: number;
}

/** Reads how busy the chain was. */
export interface ActivityReader {
  /** The last `minutes` minutes that had any attestation, in order. */
  latest(minutes: number): ActivityRow[];
}

export function createActivityReader(db: Db): ActivityReader {
  const latest = db.prepare<[number], ActivityRow>(
    `SELECT minute, method, count FROM activity
     WHERE minute IN (SELECT DISTINCT minute FROM activity ORDER BY minute DESC LIMIT ?)
     ORDER BY minute, method`,
  );
  return { latest: (minutes) => latest.all(minutes) };
}
