import type { Address, Hex } from "viem";
import type { EventLocation } from "../../../sdk/wire.ts";
import type { LogLocation } from "../../decode/events.ts";
import type { Attestation } from "../../fold/recorded.ts";
import { type Located, locatedRows, locationColumns, locationIn, nameColumn } from "../event-columns.ts";
import type { Db } from "./database.ts";
import { createScan, type Scanned } from "./scan.ts";

/** An attestation, where it was settled, and what its prover calls itself. */
export type ReadAttestation = Located<Attestation> & { settled: EventLocation | null; proverName: string | null };

interface AttestationFilter {
  prover?: Address | undefined;
  model?: Hex | undefined;
  status?: number | undefined;
}

/** Reads attestations. */
export interface AttestationReader {
  attestation(uid: Hex): ReadAttestation | undefined;
  /** Newest first, below a location; looks at 1000 rows at most, however many the filter lets through. */
  list(filter: AttestationFilter, below: LogLocation | undefined, limit: number): Scanned<ReadAttestation>;
  /** Uid of the attestation recorded there: undefined when a reorg undid it. */
  uidAt(location: LogLocation): Hex | undefined;
}

export function createAttestationReader(db: Db): AttestationReader {
  const { select, rowOf, furtherOf } = locatedRows("attestations", [
    ...locationColumns("settled_block", "settled_log"),
    nameColumn("attestations.prover"),
  ]);
  const byUid = db.prepare<[Hex], unknown[]>(`${select} WHERE uid = ?`).raw().safeIntegers();
  const uidAt = db
    .prepare<[number, number], Hex>("SELECT uid FROM attestations WHERE block_number = ? AND log_index = ?")
    .pluck();
  const scan = createScan(db, "attestations", "uid", ["prover", "model_id", "status"]);

  function attestation(uid: Hex): ReadAttestation | undefined {
    const values = byUid.get(uid);
    if (!values) return undefined;
    const row = rowOf(values);
    const [timestamp, transactionHash, name] = furtherOf(values);
    const settled = locationIn(row.settledBlock, row.settledLog, [timestamp, transactionHash]);
    return { ...row, settled, proverName: name as string | null };
  }

  return {
    attestation,
    list({ prover, model, status }, below, limit) {
      const { rows, last } = scan({ prover, model_id: model, status }, below, limit);
      return { rows: rows.map((uid) => attestation(uid as Hex) as ReadAttestation), last };
    },
    uidAt: ({ blockNumber, logIndex }) => uidAt.get(blockNumber, logIndex),
  };
}
