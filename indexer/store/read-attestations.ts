import type { Address, Hex } from "viem";
import type { Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import { type PlaceRow, placeColumns } from "./read-places.ts";

export interface AttestationRow extends PlaceRow {
  uid: Hex;
  prover: Address;
  method: number;
  model_id: Hex;
  input_hash: Hex | null;
  context: Hex;
  answer: Hex | null;
  root: Hex | null;
  output_hash: Hex | null;
  trace_hash: Hex | null;
  salt: Hex | null;
  season_id: number | null;
  count: number;
  status: number;
  settled_block: number | null;
  settled_log: number | null;
  settled_timestamp: number | null;
  settled_transaction: Hex | null;
}

interface AttestationFilter {
  prover?: Address | undefined;
  model?: Hex | undefined;
  status?: number | undefined;
}

/** A page of rows, and the place to go on after; a page may be short, or empty, and still not be the last one. */
interface Scanned<Row> {
  rows: Row[];
  last: Place | undefined;
}

/** Reads attestations. */
export interface AttestationReader {
  attestation(uid: Hex): AttestationRow | undefined;
  /** Newest first, below a place; looks at 1000 rows at most, however many the filter lets through. */
  list(filter: AttestationFilter, below: Place | undefined, limit: number): Scanned<AttestationRow>;
  /** Uid of the attestation recorded there: undefined when a reorg undid it. */
  uidAt(place: Place): Hex | undefined;
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
  const attestation = db.prepare<[Hex], AttestationRow>(
    `SELECT uid, prover, method, model_id, input_hash, context, answer, root, output_hash, trace_hash, salt, season_id, count,
       status, settled_block, settled_log, ${placeColumns("attestations")},
       (SELECT timestamp FROM blocks WHERE number = settled_block) AS settled_timestamp,
       (SELECT transaction_hash FROM events
         WHERE events.block_number = settled_block AND events.log_index = settled_log) AS settled_transaction
     FROM attestations WHERE uid = ?`,
  );
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

  function scan({ prover, model, status }: AttestationFilter, below: Place | undefined): IterableIterator<KeyRow> {
    const under = [below?.blockNumber ?? Number.MAX_SAFE_INTEGER, below?.logIndex ?? 0] as const;
    if (prover !== undefined) return byProver.iterate(prover, ...under);
    if (model !== undefined) return byModel.iterate(model, ...under);
    if (status !== undefined) return byStatus.iterate(status, ...under);
    return all.iterate(1, ...under);
  }

  return {
    attestation: (uid) => attestation.get(uid),
    list(filter, below, limit) {
      const uids: Hex[] = [];
      let scanned = 0;
      let last: Place | undefined;
      for (const row of scan(filter, below)) {
        scanned++;
        last = { blockNumber: row.block_number, logIndex: row.log_index };
        if (passes(row, filter)) uids.push(row.uid);
        if (uids.length === limit) break;
      }
      const more = uids.length === limit || scanned === MOST_SCANNED;
      return { rows: uids.map((uid) => attestation.get(uid) as AttestationRow), last: more ? last : undefined };
    },
    uidAt: ({ blockNumber, logIndex }) => uidAt.get(blockNumber, logIndex),
  };
}

const passes = (row: KeyRow, filter: AttestationFilter): boolean =>
  (filter.prover === undefined || filter.prover === row.prover) &&
  (filter.model === undefined || filter.model === row.model_id) &&
  (filter.status === undefined || filter.status === row.status);
