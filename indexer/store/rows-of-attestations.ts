import type { Address, Hex } from "viem";
import { Status } from "../../sdk/protocol.ts";
import type { Db } from "./database.ts";
import { recordedTwice } from "./integrity.ts";
import { createRows, type Rows } from "./rows.ts";

/** An attestation or batch and how it stands. */
export interface Attestation {
  uid: Hex;
  prover: Address;
  method: number;
  modelId: Hex;
  /** Null for a batch, as is the answer: its units' inputs are assigned and its answers are under the root. */
  inputHash: Hex | null;
  context: Hex;
  answer: Hex | null;
  /** Null but for a batch. */
  root: Hex | null;
  outputHash: Hex | null;
  traceHash: Hex | null;
  salt: Hex | null;
  seasonId: number | null;
  /** Units covered. */
  count: number;
  status: number;
  challenger: Address | null;
  blockNumber: number;
  logIndex: number;
  settledBlock: number | null;
  settledLog: number | null;
}

/** Attestations recorded in a minute of block time. */
interface Activity extends Minute {
  count: number;
}

interface Minute {
  /** Unix seconds. */
  minute: number;
  method: number;
}

export function attestationRows(db: Db): Rows<Pick<Attestation, "uid">, Attestation> {
  const find = db.prepare<[Hex], Attestation>(
    `SELECT uid, prover, method, model_id AS modelId, input_hash AS inputHash, context, answer, root,
       output_hash AS outputHash, trace_hash AS traceHash, salt, season_id AS seasonId, count, status, challenger,
       block_number AS blockNumber, log_index AS logIndex, settled_block AS settledBlock, settled_log AS settledLog
     FROM attestations WHERE uid = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO attestations VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (uid) DO NOTHING`,
  );
  const update = db.prepare(
    `UPDATE attestations SET output_hash = ?, trace_hash = ?, salt = ?, status = ?, challenger = ?, settled_block = ?,
       settled_log = ?
     WHERE uid = ?`,
  );
  const remove = db.prepare("DELETE FROM attestations WHERE uid = ?");
  return createRows({
    group: () => undefined,
    name: ({ uid }) => uid,
    find: ({ uid }) => find.get(uid),
    insert(s) {
      const { changes } = insert.run(
        s.uid,
        s.prover,
        s.method,
        s.modelId,
        s.inputHash,
        s.context,
        s.answer,
        s.root,
        s.outputHash,
        s.traceHash,
        s.salt,
        s.seasonId,
        s.count,
        s.status,
        s.challenger,
        s.blockNumber,
        s.logIndex,
        s.settledBlock,
        s.settledLog,
      );
      if (changes === 0) throw recordedTwice(s);
    },
    update(s) {
      update.run(s.outputHash, s.traceHash, s.salt, s.status, s.challenger, s.settledBlock, s.settledLog, s.uid);
    },
    remove: ({ uid }) => remove.run(uid),
    isDone: ({ status }) => status !== Status.pending,
  });
}

export function activityRows(db: Db): Rows<Minute, Activity> {
  const find = db.prepare<[number, number], Activity>("SELECT * FROM activity WHERE minute = ? AND method = ?");
  const put = db.prepare<[Activity]>("INSERT OR REPLACE INTO activity VALUES (:minute, :method, :count)");
  const remove = db.prepare("DELETE FROM activity WHERE minute = ? AND method = ?");
  return createRows({
    group: ({ method }) => method,
    name: ({ minute }) => minute,
    find: ({ minute, method }) => find.get(minute, method),
    insert: (row) => put.run(row),
    update: (row) => put.run(row),
    remove: ({ minute, method }) => remove.run(minute, method),
  });
}
