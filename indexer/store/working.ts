import type { Address, Hex } from "viem";
import type { Db } from "./database.ts";
import type { EntryChange, EntryKey, EntryListener } from "./listener.ts";
import { createRows, type Rows } from "./rows.ts";

/** A season, its rules and the head of its ledger. */
export interface Season {
  seasonId: bigint;
  organiser: Address;
  verifierCap: bigint;
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

/** What an account has of a season; points by reason, those of penalties negative. */
export interface Tally extends OfAccount {
  pending: bigint;
  verified: bigint;
  refuted: bigint;
  caught: bigint;
  byProver: bigint;
  byVerifier: bigint;
  byPenalty: bigint;
}

/** Statements recorded in a minute of block time. */
interface Activity extends Minute {
  count: number;
}

/** A statement or batch and how it stands. */
export interface Statement {
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

interface OfTask {
  seasonId: bigint;
  taskId: bigint;
}

interface OfAccount {
  seasonId: bigint;
  account: Address;
}

/** The last ledger entry of an account. */
export interface Entry extends OfAccount, EntryKey {
  /** The participant's, from 1 on. */
  number: bigint;
}

interface Minute {
  /** Unix seconds. */
  minute: number;
  method: number;
}

/** The rows that a transaction reads and writes again and again, written once each when it ends. */
export interface Working {
  seasons: Rows<Pick<Season, "seasonId">, Season>;
  tasks: Rows<OfTask, Task>;
  statements: Rows<Pick<Statement, "uid">, Statement>;
  entries: Rows<OfAccount, Entry>;
  tallies: Rows<OfAccount, Tally>;
  activity: Rows<Minute, Activity>;
  /** Writes what was changed, and tells the listener of entries. */
  flush(listener: EntryListener | undefined): void;
  /** Drops what is held, written or not. */
  forget(): void;
}

export function createWorking(db: Db): Working {
  const seasons = seasonRows(db);
  const tasks = taskRows(db);
  const statements = statementRows(db);
  const entries = entryRows(db);
  const tallies = tallyRows(db);
  const activity = activityRows(db);
  return {
    ...{ seasons, tasks, statements, entries, tallies, activity },
    flush(listener) {
      const changes: EntryChange[] = [];
      for (const rows of [seasons, tasks, statements, tallies, activity]) rows.flush();
      entries.flush((before, after) => {
        const { seasonId, account } = (before ?? after) as Entry;
        changes.push({ seasonId, account, before, after });
      });
      if (changes.length > 0) listener?.changed(changes);
    },
    forget() {
      for (const rows of [seasons, tasks, statements, entries, tallies, activity]) rows.forget();
    },
  };
}

function seasonRows(db: Db): Working["seasons"] {
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
    id: ({ seasonId }) => seasonId,
    find: ({ seasonId }) => find.get(seasonId),
    insert: (season) => insert.run(season),
    update: (season) => update.run(season),
    remove: ({ seasonId }) => remove.run(seasonId),
  });
}

function taskRows(db: Db): Working["tasks"] {
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
    id: ({ seasonId, taskId }) => `${seasonId} ${taskId}`,
    find: ({ seasonId, taskId }) => find.get(seasonId, taskId),
    insert: (task) => put.run(task),
    update: (task) => put.run(task),
    remove: ({ seasonId, taskId }) => remove.run(seasonId, taskId),
  });
}

function statementRows(db: Db): Working["statements"] {
  const find = db.prepare<[Hex], Statement>(
    `SELECT uid, prover, method, model_id AS modelId, input_hash AS inputHash, context, answer, root,
       output_hash AS outputHash, trace_hash AS traceHash, salt, season_id AS seasonId, count, status, challenger,
       block_number AS blockNumber, log_index AS logIndex, settled_block AS settledBlock, settled_log AS settledLog
     FROM statements WHERE uid = ?`,
  );
  const insert = db.prepare("INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const update = db.prepare(
    `UPDATE statements SET output_hash = ?, trace_hash = ?, salt = ?, status = ?, challenger = ?, settled_block = ?,
       settled_log = ?
     WHERE uid = ?`,
  );
  const remove = db.prepare("DELETE FROM statements WHERE uid = ?");
  return createRows({
    id: ({ uid }) => uid,
    find: ({ uid }) => find.get(uid),
    insert(s) {
      insert.run(
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
    },
    update(s) {
      update.run(s.outputHash, s.traceHash, s.salt, s.status, s.challenger, s.settledBlock, s.settledLog, s.uid);
    },
    remove: ({ uid }) => remove.run(uid),
  });
}

function entryRows(db: Db): Working["entries"] {
  const find = db
    .prepare<[bigint, Address], Entry>(
      `SELECT season_id AS seasonId, account, points, last_seq AS lastSeq, number FROM entries
       WHERE season_id = ? AND account = ?`,
    )
    .safeIntegers();
  const insert = db.prepare(
    "INSERT INTO entries (season_id, account, points, last_seq, number) VALUES (?, ?, ?, ?, ?)",
  );
  const update = db.prepare("UPDATE entries SET points = ?, last_seq = ? WHERE season_id = ? AND account = ?");
  const remove = db.prepare("DELETE FROM entries WHERE season_id = ? AND account = ?");
  return createRows({
    id: idOfAccount,
    find: ({ seasonId, account }) => find.get(seasonId, account),
    insert: (entry) => insert.run(entry.seasonId, entry.account, entry.points, entry.lastSeq, entry.number),
    update: (entry) => update.run(entry.points, entry.lastSeq, entry.seasonId, entry.account),
    remove: ({ seasonId, account }) => remove.run(seasonId, account),
  });
}

function tallyRows(db: Db): Working["tallies"] {
  const find = db
    .prepare<[bigint, Address], Tally>(
      `SELECT season_id AS seasonId, account, pending, verified, refuted, caught, by_prover AS byProver,
         by_verifier AS byVerifier, by_penalty AS byPenalty
       FROM tallies WHERE season_id = ? AND account = ?`,
    )
    .safeIntegers();
  const put = db.prepare("INSERT OR REPLACE INTO tallies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM tallies WHERE season_id = ? AND account = ?");
  const write = (t: Tally) =>
    put.run(t.seasonId, t.account, t.pending, t.verified, t.refuted, t.caught, t.byProver, t.byVerifier, t.byPenalty);
  return createRows({
    id: idOfAccount,
    find: ({ seasonId, account }) => find.get(seasonId, account),
    insert: write,
    update: write,
    remove: ({ seasonId, account }) => remove.run(seasonId, account),
  });
}

function activityRows(db: Db): Working["activity"] {
  const find = db.prepare<[number, number], Activity>("SELECT * FROM activity WHERE minute = ? AND method = ?");
  const put = db.prepare<[Activity]>("INSERT OR REPLACE INTO activity VALUES (:minute, :method, :count)");
  const remove = db.prepare("DELETE FROM activity WHERE minute = ? AND method = ?");
  return createRows({
    id: ({ minute, method }) => `${minute} ${method}`,
    find: ({ minute, method }) => find.get(minute, method),
    insert: (row) => put.run(row),
    update: (row) => put.run(row),
    remove: ({ minute, method }) => remove.run(minute, method),
  });
}

const idOfAccount = ({ seasonId, account }: OfAccount): string => `${seasonId}${account}`;
