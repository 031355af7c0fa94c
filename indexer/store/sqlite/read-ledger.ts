import type { Address, Hex } from "viem";
import type { LedgerEntry } from "../../fold/ledger.ts";
import { type Located, locatedRows, nameColumn } from "../event-columns.ts";
import type { Db } from "./database.ts";

/** A ledger entry, the ledger's hash before it, and what its account calls itself. */
export type ReadLedgerEntry = Located<LedgerEntry> & { previousHash: Hex | null; name: string | null };

/** Where an entry stands: later seasons and entries are above. */
export interface EntryPosition {
  seasonId: number;
  seq: bigint;
}

interface LedgerFilter {
  seasonId?: number | undefined;
  /** Of the attestation that the points are for. */
  status?: number | undefined;
}

/** Reads ledger entries. */
export interface LedgerReader {
  /** Newest first, below a position; looks at 1000 entries at most. `last` is where to go on, if there may be more. */
  entriesOf(
    account: Address,
    filter: LedgerFilter,
    below: EntryPosition | undefined,
    limit: number,
  ): { rows: ReadLedgerEntry[]; last: (EntryPosition & { ledgerHash: Hex }) | undefined };
  entry(seasonId: number, seq: bigint): ReadLedgerEntry | undefined;
}

interface KeyRow {
  season_id: bigint;
  seq: bigint;
  ledger_hash: Hex;
  status: bigint | null;
}

const MOST_SCANNED = 1_000;
const MOST = 2n ** 62n;

export function createLedgerReader(db: Db): LedgerReader {
  const scan = <Parameters extends unknown[]>(where: string) =>
    db
      .prepare<Parameters, KeyRow>(
        `SELECT season_id, seq, ledger_hash, (SELECT status FROM attestations WHERE uid = subject) AS status FROM ledger
         WHERE account = ? AND ${where} ORDER BY season_id DESC, seq DESC LIMIT ${MOST_SCANNED}`,
      )
      .safeIntegers();
  const ofSeason = scan<[Address, number, bigint]>("season_id = ? AND seq < ?");
  const ofAll = scan<[Address, bigint, bigint]>("(season_id, seq) < (?, ?)");
  const { select, rowOf, furtherOf } = locatedRows("ledger", [
    `(SELECT p.ledger_hash FROM ledger p WHERE p.season_id = ledger.season_id AND p.seq = ledger.seq - 1)`,
    nameColumn("ledger.account"),
  ]);
  const bySeq = db
    .prepare<[number, bigint], unknown[]>(`${select} WHERE ledger.season_id = ? AND ledger.seq = ?`)
    .raw()
    .safeIntegers();

  function entry(seasonId: number, seq: bigint): ReadLedgerEntry | undefined {
    const values = bySeq.get(seasonId, seq);
    if (!values) return undefined;
    const [previousHash, name] = furtherOf(values) as [Hex | null, string | null];
    return { ...rowOf(values), previousHash, name };
  }

  return {
    entriesOf(account, filter, below, limit) {
      const rows: ReadLedgerEntry[] = [];
      let scanned = 0;
      let last: (EntryPosition & { ledgerHash: Hex }) | undefined;
      const keys =
        filter.seasonId === undefined
          ? ofAll.iterate(account, below ? BigInt(below.seasonId) : MOST, below?.seq ?? 0n)
          : ofSeason.iterate(account, filter.seasonId, below?.seq ?? MOST);
      for (const key of keys) {
        scanned++;
        last = { seasonId: Number(key.season_id), seq: key.seq, ledgerHash: key.ledger_hash };
        if (filter.status === undefined || Number(key.status) === filter.status)
          rows.push(entry(Number(key.season_id), key.seq) as ReadLedgerEntry);
        if (rows.length === limit) break;
      }
      return { rows, last: rows.length === limit || scanned === MOST_SCANNED ? last : undefined };
    },
    entry,
  };
}
