import type { Address, Hex } from "viem";
import type { LogLocation } from "../../decode/events.ts";
import { type Located, locatedRows } from "../event-columns.ts";
import type { Db } from "./database.ts";

/** Lists what an account did for attestations of anybody. */
export interface ServedList {
  /** Newest first, below a location. */
  of(account: Address, below: LogLocation | undefined, limit: number): Located<{ uid: Hex }>[];
  /** The attestation of the account's row there: undefined when a reorg undid it. */
  uidAt(account: Address, location: LogLocation): Hex | undefined;
}

/** Reads refutations that accounts took part in, and seats that they were drawn for. */
export interface ServedReader {
  catches: ServedList;
  seats: ServedList;
}

export const createServedReader = (db: Db): ServedReader => ({
  catches: createList(db, "catches"),
  seats: createList(db, "seats"),
});

function createList(db: Db, table: "catches" | "seats"): ServedList {
  const { select, rowOf } = locatedRows(table);
  const page = db
    .prepare<[Address, number, number, number], unknown[]>(
      `${select} WHERE account = ? AND (${table}.block_number, ${table}.log_index) < (?, ?)
       ORDER BY ${table}.block_number DESC, ${table}.log_index DESC LIMIT ?`,
    )
    .raw()
    .safeIntegers();
  const uidAt = db
    .prepare<[Address, number, number], Hex>(
      `SELECT uid FROM ${table} WHERE account = ? AND block_number = ? AND log_index = ?`,
    )
    .pluck();
  return {
    of: (account, below, limit) =>
      page.all(account, below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0, limit).map(rowOf),
    uidAt: (account, { blockNumber, logIndex }) => uidAt.get(account, blockNumber, logIndex),
  };
}
