import type { Address, Hex } from "viem";
import { answerHash } from "../../sdk/commitments.ts";
import { unitOf } from "../../sdk/contexts.ts";
import type { Event, Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import type { FoldSteps } from "./fold.ts";
import { IntegrityError } from "./integrity.ts";
import { PENDING, REFUTED, REVOKED, VERIFIED } from "./statuses.ts";
import { createTallies } from "./tallies.ts";

interface Recorded {
  uid: Hex;
  prover: Address;
  method: number;
  modelId: Hex;
  context: Hex;
  /** Units covered. */
  count: number;
  /** Null for a batch, as is the answer: its units' inputs are assigned and its answers are under the root. */
  inputHash: Hex | null;
  answer: Hex | null;
  /** Null but for a batch. */
  root: Hex | null;
}

interface Row {
  prover: Address;
  output_hash: Hex | null;
  root: Hex | null;
  challenger: Address | null;
  season_id: number | null;
  count: number;
  status: number;
  block_number: number;
  log_index: number;
}

const columns: Record<number, "pending" | "verified" | "refuted"> = {
  [PENDING]: "pending",
  [VERIFIED]: "verified",
  [REFUTED]: "refuted",
};

const single = { count: 1, root: null };

/** Statements and batches, how they stand, the votes that judged them, and each account's tally of them. */
export function statementSteps(db: Db, campaign: string): FoldSteps {
  const tallies = createTallies(db);
  const find = db.prepare<[Hex], Row>("SELECT * FROM statements WHERE uid = ?");
  const insert = db.prepare(
    "INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?, ?, ?, NULL, ?, ?, NULL, NULL)",
  );
  const remove = db.prepare("DELETE FROM statements WHERE uid = ?");
  const open = db.prepare("UPDATE statements SET output_hash = ?, trace_hash = ?, salt = ? WHERE uid = ?");
  const settle = db.prepare("UPDATE statements SET status = ?, settled_block = ?, settled_log = ? WHERE uid = ?");
  const challenge = db.prepare("UPDATE statements SET challenger = ? WHERE uid = ?");
  const task = db.prepare(
    "SELECT 1 FROM tasks WHERE season_id = ? AND task_id = ? AND model_id = ? AND method = ? AND units_per_account >= ?",
  );
  const addVote = db.prepare("INSERT INTO votes VALUES (?, ?, ?, ?)");
  const removeVote = db.prepare("DELETE FROM votes WHERE uid = ? AND round = ? AND member = ?");
  const majority = db
    .prepare<{ uid: Hex; revealed: Hex | null }, Address>(
      `SELECT DISTINCT member FROM votes WHERE uid = :uid AND output_hash <> :revealed AND output_hash = (
         SELECT output_hash FROM votes WHERE uid = :uid AND round = (SELECT max(round) FROM votes WHERE uid = :uid)
         GROUP BY output_hash ORDER BY count(*) DESC, output_hash LIMIT 1)`,
    )
    .pluck();

  // A statement that the season's rules don't ask for can name any season: it must not show there.
  function seasonOf(statement: Recorded): number | null {
    const unit = unitOf(statement.context);
    if (unit?.campaign !== campaign) return null;
    const end = unit.unit + BigInt(statement.count);
    const asked = task.get(unit.seasonId, unit.taskId, statement.modelId, statement.method, end);
    return asked ? Number(unit.seasonId) : null;
  }

  function record(statement: Recorded, place: Place): void {
    const { uid, prover, method, modelId, inputHash, context, answer, root, count } = statement;
    if (find.get(uid)) throw new IntegrityError(`Statement ${uid} was recorded twice.`);
    const season = seasonOf(statement);
    insert.run(
      ...[uid, prover, method, modelId, inputHash, context, answer, root],
      ...[season, count, PENDING, place.blockNumber, place.logIndex],
    );
    if (season !== null) tallies.add(season, prover, "pending", count);
  }

  function forget(uid: Hex): void {
    const row = require(uid, "An undo");
    remove.run(uid);
    if (row.season_id !== null) tallies.add(row.season_id, row.prover, "pending", -row.count);
  }

  function require(uid: Hex, what: string): Row {
    const row = find.get(uid);
    if (!row) throw new IntegrityError(`${what} came for statement ${uid}, which was never recorded.`);
    return row;
  }

  /** Moves the units from one status to another, and credits who caught a refuted one; `sign` -1 takes it back. */
  function count(uid: Hex, row: Row, status: number, sign: 1 | -1): void {
    if (row.season_id === null) return;
    tallies.add(row.season_id, row.prover, "pending", -sign * row.count);
    const column = columns[status];
    if (column) tallies.add(row.season_id, row.prover, column, sign * row.count);
    if (status !== REFUTED) return;
    const catchers = row.challenger === null ? majority.all({ uid, revealed: row.output_hash }) : [row.challenger];
    for (const catcher of catchers) tallies.add(row.season_id, catcher, "caught", sign);
  }

  return {
    Committed: {
      apply({ args, place }) {
        record({ ...args, ...single }, place);
      },
      undo({ args }) {
        forget(args.uid);
      },
    },
    Attested: {
      apply({ args, place }) {
        const row = find.get(args.uid);
        if (row && (row.output_hash !== null || row.root !== null))
          throw new IntegrityError(`Statement ${args.uid} was revealed twice.`);
        if (!row) record({ ...args, ...single, answer: answerHash(args.prover, args) }, place);
        open.run(args.outputHash, args.traceHash, args.salt, args.uid);
      },
      undo(event) {
        const { uid } = event.args;
        if (recordedBy(event, require(uid, "An undo"))) forget(uid);
        else open.run(null, null, null, uid);
      },
    },
    BatchAttested: {
      apply({ args, place }) {
        record({ ...args, uid: args.id, inputHash: null, answer: null }, place);
      },
      undo({ args }) {
        forget(args.id);
      },
    },
    RowRefuted: {
      apply({ args }) {
        const { status, challenger } = require(args.id, "RowRefuted");
        if (status !== PENDING || challenger !== null)
          throw new IntegrityError(`A row of statement ${args.id} was refuted when it was settled already.`);
        challenge.run(args.challenger, args.id);
      },
      undo({ args }) {
        challenge.run(null, args.id);
      },
    },
    StatusChanged: {
      apply({ args, place }) {
        const row = find.get(args.id);
        // A prover may revoke what was never recorded: nobody can record it then.
        if (!row && args.status === REVOKED) return;
        const { status } = row ?? require(args.id, "StatusChanged");
        if (!row || status !== PENDING) throw new IntegrityError(`Statement ${args.id} was settled twice.`);
        settle.run(args.status, place.blockNumber, place.logIndex, args.id);
        count(args.id, row, args.status, 1);
      },
      undo({ args }) {
        const row = find.get(args.id);
        if (!row) return;
        count(args.id, row, args.status, -1);
        settle.run(PENDING, null, null, args.id);
      },
    },
    VoteRevealed: {
      apply({ args }) {
        require(args.uid, "VoteRevealed");
        addVote.run(args.uid, args.round, args.member, args.outputHash);
      },
      undo({ args }) {
        removeVote.run(args.uid, args.round, args.member);
      },
    },
  };
}

const recordedBy = ({ place }: Event, row: Row): boolean =>
  row.block_number === place.blockNumber && row.log_index === place.logIndex;
