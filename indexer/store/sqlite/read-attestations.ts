import type { Address, Hex } from "viem";
import type { EventLocation } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { Attestation } from "../../fold/recorded.ts";
import type { Db } from "./database.ts";
import { type Located, locatedRows, locationColumns, locationIn } from "./event-columns.ts";

/** An attestation, and where it was settled. */
export type ReadAttestation = Located<Attestation> & { settled: EventLocation | null };

interface AttestationFilter {
  prover?: Address | undefined;
  model?: Hex | undefined;
  status?: number | undefined;
}

/** A page of rows, and the location to go on after; a page may be short, or empty, and still not be the last one. */
interface Scanned<Row> {
  rows: Row[];
  last: LogLocation | undefined;
}

/** Reads attestations. */
export interface AttestationReader {
  attestation(uid: Hex): ReadAttestation | undefined;
  /** Newest first, below a location; looks at 1000 rows at most, however many the filter lets through. */
  list(filter: AttestationFilter, below: LogLocation | undefined, limit: number): Scanned<ReadAttestation>;
  /** Uid of the attestation recorded there: undefined when a reorg undid it. */
  uidAt(location: LogLocation): Hex | undefined;
}

interface KeyRow {
  uid: Hex;
  prover: Address;
  model_id: Hex;
  status: number;
  block_number: number;
  log_index: number;
}

const MOST_SCANNED = 1_000;

export function createAttestationReader(db: Db): AttestationReader {
  const { select, rowOf, furtherOf } = locatedRows("attestations", locationColumns("settled_block", "settled_log"));
  const byUid = db.prepare<[Hex], unknown[]>(`${select} WHERE uid = ?`).raw().safeIntegers();
  const uidAt = db
    .prepare<[number, number], Hex>("SELECT uid FROM attestations WHERE block_number = ? AND log_index = ?")
    .pluck();
  const scanBy = (column: string) =>
    db.prepare<[string | number, number, number], KeyRow>(
      `SELECT uid, prover, model_id, status, block_number, log_index FROM attestations
       WHERE ${column} = ? AND (block_number, log_index) < (?, ?)
       ORDER BY block_number DESC, log_index DESC LIMIT ${MOST_SCANNED}`,
    );
  const byProver = scanBy("prover");
  const byModel = scanBy("model_id");
  const byStatus = scanBy("status");
  const all = scanBy("1");

  function scan(
    { prover, model, status }: AttestationFilter,
    below: LogLocation | undefined,
  ): IterableIterator<KeyRow> {
    const under = [below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0] as const;
    if (prover !== undefined) return byProver.iterate(prover, ...under);
    if (model !== undefined) return byModel.iterate(model, ...under);
    if (status !== undefined) return byStatus.iterate(status, ...under);
    return all.iterate(1, ...under);
  }

  function attestation(uid: Hex): ReadAttestation | undefined {
    const values = byUid.get(uid);
    if (!values) return undefined;
    const row = rowOf(values);
    return { ...row, settled: locationIn(row.settledBlock, row.settledLog, furtherOf(values)) };
  }

  return {
    attestation,
    list(filter, below, limit) {
      const uids: Hex[] = [];
      let scanned = 0;
      let last: LogLocation | undefined;
      for (const row of scan(filter, below)) {
        scanned++;
        last = { blockNumber: row.block_number, logIndex: row.log_index };
        if (passes(row, filter)) uids.push(row.uid);
        if (uids.length === limit) break;
      }
      const more = uids.length === limit || scanned === MOST_SCANNED;
      return { rows: uids.map((uid) => attestation(uid) as ReadAttestation), last: more ? last : undefined };
    },
    uidAt: ({ blockNumber, logIndex }) => uidAt.get(blockNumber, logIndex),
  };
}

const passes = (row: KeyRow, filter: AttestationFilter): boolean =>
  (filter.prover === undefined || filter.prover === row.prover) &&
  (filter.model === undefined || filter.model === row.model_id) &&
  (filter.status === undefined || filter.status === row.status);
