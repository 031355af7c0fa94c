import type { Address, Hex } from "viem";
import type { Db } from "./database.ts";
import { type PlaceRow, placeColumns } from "./read-places.ts";

export interface LedgerRow extends PlaceRow {
  season_id: number;
  seq: bigint;
  account: Address;
  subject: Hex;
  reason: number;
  delta: string;
  points: string;
  previous_hash: Hex | null;
  ledger_hash: Hex;
}

/** Where an entry stands: later seasons and entries are above. */
export interface EntryPosition {
  seasonId: number;
  seq: bigint;
}

export interface LedgerFilter {
  seasonId?: number | undefined;
  /** Of the statement that the points are for. */
  status?: number | undefined;
}

/** Reads ledger entries of an account. */
export interface LedgerReader {
  /** Newest first, below a position; looks at 1000 entries at most. `last` is where to go on, if there may be more. */
  entriesOf(
    account: Address,
    filter: LedgerFilter,
    below: EntryPosition | undefined,
    limit: number,
  ): { rows: LedgerRow[]; last: EntryPosition | undefined };
}

const MOST_SCANNED = 1_000;
const MOST = 2n ** 62n;

export function createLedgerReader(db: Db): LedgerReader {
  const scan = db
    .prepare<[Address, bigint, bigint, bigint, bigint], { season_id: bigint; seq: bigint; status: bigint | null }>(
      `SELECT season_id, seq, (SELECT status FROM statements WHERE uid = subject) AS status FROM ledger
       WHERE account = ? AND season_id BETWEEN ? AND ? AND (season_id, seq) < (?, ?)
       ORDER BY season_id DESC, seq DESC LIMIT ${MOST_SCANNED}`,
    )
    .safeIntegers();
  const entry = db.prepare<[bigint, bigint], Omit<LedgerRow, "seq"> & { seq: string }>(
    `SELECT season_id, CAST(seq AS TEXT) AS seq, account, subject, reason, CAST(delta AS TEXT) AS delta,
       CAST(points AS TEXT) AS points, ledger_hash,
       (SELECT p.ledger_hash FROM ledger p WHERE p.season_id = ledger.season_id AND p.seq = ledger.seq - 1)
         AS previous_hash,
       ${placeColumns("ledger")}
     FROM ledger WHERE season_id = ? AND ledger.seq = ?`,
  );

  return {
    entriesOf(account, filter, below, limit) {
      const rows: LedgerRow[] = [];
      let scanned = 0;
      let last: EntryPosition | undefined;
      const first = BigInt(filter.seasonId ?? 0);
      const to = filter.seasonId === undefined ? MOST : first;
      const under = below ? ([BigInt(below.seasonId), below.seq] as const) : ([MOST, 0n] as const);
      for (const key of scan.all(account, first, to, ...under)) {
        scanned++;
        last = { seasonId: Number(key.season_id), seq: key.seq };
        if (filter.status === undefined || Number(key.status) === filter.status) {
          const row = entry.get(key.season_id, key.seq) as Omit<LedgerRow, "seq">;
          rows.push({ ...row, seq: key.seq });
        }
        if (rows.length === limit) break;
      }
      return { rows, last: rows.length === limit || scanned === MOST_SCANNED ? last : undefined };
    },
  };
}
