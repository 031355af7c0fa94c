import type { Address, Hex } from "viem";
import type { Db } from "./database.ts";
import { createRows, type Rows } from "./rows.ts";

/** A season, its rules and the head of its ledger. */
export interface Season {
  seasonId: bigint;
  organiser: Address;
  /** In decimals: SQLite has no number as large as it may be. */
  verifierCap: string;
  uri: string | null;
  startsAt: bigint | null;
  endsAt: bigint | null;
  closesAt: bigint | null;
  seed: Hex | null;
  seededIn: bigint | null;
  seq: bigint;
  participants: bigint;
  totalPoints: bigint;
  ledgerHash: Hex;
}

/** A task of a season. */
interface Task extends OfTask {
  modelId: Hex;
  method: bigint;
  points: bigint;
  unitsPerAccount: bigint;
  noise: bigint;
  inputCount: bigint;
  inputSetRoot: Hex;
  blockNumber: bigint;
  logIndex: bigint;
}

interface OfTask {
  seasonId: bigint;
  taskId: bigint;
}

export function seasonRows(db: Db): Rows<Pick<Season, "seasonId">, Season> {
  const find = db
    .prepare<[bigint], Season>(
      `SELECT season_id AS seasonId, organiser, verifier_cap AS verifierCap, uri, starts_at AS startsAt,
         ends_at AS endsAt, closes_at AS closesAt, seed, seeded_in AS seededIn, seq, participants,
         total_points AS totalPoints, ledger_hash AS ledgerHash
       FROM seasons WHERE season_id = ?`,
    )
    .safeIntegers();
  const insert = db.prepare<[Season]>(
    `INSERT INTO seasons VALUES (:seasonId, :organiser, :verifierCap, :uri, :startsAt, :endsAt, :closesAt, :seed,
       :seededIn, :seq, :participants, :totalPoints, :ledgerHash)`,
  );
  const update = db.prepare<[Season]>(
    `UPDATE seasons SET uri = :uri, starts_at = :startsAt, ends_at = :endsAt, closes_at = :closesAt, seed = :seed,
       seeded_in = :seededIn, seq = :seq, participants = :participants, total_points = :totalPoints,
       ledger_hash = :ledgerHash
     WHERE season_id = :seasonId`,
  );
  const remove = db.prepare<[bigint]>("DELETE FROM seasons WHERE season_id = ?");
  return createRows({
    group: () => undefined,
    name: ({ seasonId }) => seasonId,
    find: ({ seasonId }) => find.get(seasonId),
    insert: (season) => insert.run(season),
    update: (season) => update.run(season),
    remove: ({ seasonId }) => remove.run(seasonId),
  });
}

export function taskRows(db: Db): Rows<OfTask, Task> {
  const find = db
    .prepare<[bigint, bigint], Task>(
      `SELECT season_id AS seasonId, task_id AS taskId, model_id AS modelId, method, points,
         units_per_account AS unitsPerAccount, noise, input_count AS inputCount, input_set_root AS inputSetRoot,
         block_number AS blockNumber, log_index AS logIndex
       FROM tasks WHERE season_id = ? AND task_id = ?`,
    )
    .safeIntegers();
  const put = db.prepare<[Task]>(
    `INSERT OR REPLACE INTO tasks VALUES (:seasonId, :taskId, :modelId, :method, :points, :unitsPerAccount, :noise,
       :inputCount, :inputSetRoot, :blockNumber, :logIndex)`,
  );
  const remove = db.prepare("DELETE FROM tasks WHERE season_id = ? AND task_id = ?");
  return createRows({
    group: ({ seasonId }) => seasonId,
    name: ({ taskId }) => taskId,
    find: ({ seasonId, taskId }) => find.get(seasonId, taskId),
    insert: (task) => put.run(task),
    update: (task) => put.run(task),
    remove: ({ seasonId, taskId }) => remove.run(seasonId, taskId),
  });
}
