import type { Address, Hex } from "viem";
import { unitOf } from "../../sdk/contexts.ts";
import type { Event, Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import type { FoldSteps } from "./fold.ts";
import { fastAnswerHash } from "./hashes.ts";
import { IntegrityError } from "./integrity.ts";
import { PENDING, REFUTED, REVOKED, VERIFIED } from "./statuses.ts";
import { createTallies } from "./tallies.ts";
import type { Statement, Working } from "./working.ts";

/** What a statement says, before anything else happened to it. */
type Recorded = Pick<Statement, "uid" | "prover" | "method" | "modelId" | "context"> & Partial<Statement>;

const columns: Record<number, "pending" | "verified" | "refuted"> = {
  [PENDING]: "pending",
  [VERIFIED]: "verified",
  [REFUTED]: "refuted",
};

const nothing = {
  ...{ inputHash: null, answer: null, root: null, outputHash: null, traceHash: null, salt: null, count: 1 },
  ...{ status: PENDING, challenger: null, settledBlock: null, settledLog: null },
};

/** Statements and batches, how they stand, the votes that judged them, and each account's tally of them. */
export function statementSteps(db: Db, working: Working, campaign: string): FoldSteps {
  const { statements, tasks, activity } = working;
  const tallies = createTallies(working);
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
  function seasonOf(statement: Recorded, count: number): number | null {
    const unit = unitOf(statement.context);
    if (unit?.campaign !== campaign) return null;
    const task = tasks.get(unit);
    const asked =
      task?.modelId === statement.modelId &&
      task.method === BigInt(statement.method) &&
      unit.unit + BigInt(count) <= task.unitsPerAccount;
    return asked ? Number(unit.seasonId) : null;
  }

  function record(recorded: Recorded, place: Place, timestamp: number): void {
    if (statements.get(recorded)) throw new IntegrityError(`Statement ${recorded.uid} was recorded twice.`);
    const seasonId = seasonOf(recorded, recorded.count ?? 1);
    const statement: Statement = {
      ...nothing,
      ...recorded,
      ...{ seasonId, blockNumber: place.blockNumber, logIndex: place.logIndex },
    };
    statements.set(statement);
    if (seasonId !== null) tallies.add(BigInt(seasonId), statement.prover, "pending", BigInt(statement.count));
    countActivity(statement.method, timestamp, 1);
  }

  function forget(statement: Statement, timestamp: number): void {
    const { seasonId, prover, count, method } = statement;
    statements.remove(statement);
    if (seasonId !== null) tallies.add(BigInt(seasonId), prover, "pending", -BigInt(count));
    countActivity(method, timestamp, -1);
  }

  function countActivity(method: number, timestamp: number, amount: number): void {
    const key = { minute: timestamp - (timestamp % 60), method };
    const count = (activity.get(key)?.count ?? 0) + amount;
    if (count > 0) activity.set({ ...key, count });
    else activity.remove(key);
  }

  function require(uid: Hex, what: string): Statement {
    const statement = statements.get({ uid });
    if (!statement) throw new IntegrityError(`${what} came for statement ${uid}, which was never recorded.`);
    return statement;
  }

  /** Moves the units from one status to another, and credits who caught a refuted one; `sign` -1 takes it back. */
  function count(statement: Statement, status: number, sign: 1n | -1n): void {
    const { uid, prover, challenger, outputHash } = statement;
    if (statement.seasonId === null) return;
    const season = BigInt(statement.seasonId);
    const units = sign * BigInt(statement.count);
    tallies.add(season, prover, "pending", -units);
    const column = columns[status];
    if (column) tallies.add(season, prover, column, units);
    if (status !== REFUTED) return;
    const catchers = challenger === null ? majority.all({ uid, revealed: outputHash }) : [challenger];
    for (const catcher of catchers) tallies.add(season, catcher, "caught", sign);
  }

  return {
    Committed: {
      apply({ args, place }, timestamp) {
        record(args, place, timestamp);
      },
      undo({ args }, timestamp) {
        forget(require(args.uid, "An undo"), timestamp);
      },
    },
    Attested: {
      apply({ args, place }, timestamp) {
        const statement = statements.get(args);
        if (statement && (statement.outputHash !== null || statement.root !== null))
          throw new IntegrityError(`Statement ${args.uid} was revealed twice.`);
        const { outputHash, traceHash, salt } = args;
        if (statement) statements.set({ ...statement, outputHash, traceHash, salt });
        else record({ ...args, answer: fastAnswerHash(args.prover, args) }, place, timestamp);
      },
      undo(event, timestamp) {
        const statement = require(event.args.uid, "An undo");
        if (recordedBy(event, statement)) forget(statement, timestamp);
        else statements.set({ ...statement, outputHash: null, traceHash: null, salt: null });
      },
    },
    BatchAttested: {
      apply({ args, place }, timestamp) {
        const { id, prover, method, modelId, context, count, root } = args;
        record({ uid: id, prover, method, modelId, context, count, root }, place, timestamp);
      },
      undo({ args }, timestamp) {
        forget(require(args.id, "An undo"), timestamp);
      },
    },
    RowRefuted: {
      apply({ args }) {
        const statement = require(args.id, "RowRefuted");
        if (statement.status !== PENDING || statement.challenger !== null)
          throw new IntegrityError(`A row of statement ${args.id} was refuted when it was settled already.`);
        statements.set({ ...statement, challenger: args.challenger });
      },
      undo({ args }) {
        statements.set({ ...require(args.id, "An undo"), challenger: null });
      },
    },
    StatusChanged: {
      apply({ args, place }) {
        const recorded = statements.get({ uid: args.id });
        // A prover may revoke what was never recorded: nobody can record it then.
        if (!recorded && args.status === REVOKED) return;
        const statement = recorded ?? require(args.id, "StatusChanged");
        if (statement.status !== PENDING) throw new IntegrityError(`Statement ${args.id} was settled twice.`);
        statements.set({
          ...statement,
          ...{ status: args.status, settledBlock: place.blockNumber, settledLog: place.logIndex },
        });
        count(statement, args.status, 1n);
      },
      undo({ args }) {
        const statement = statements.get({ uid: args.id });
        if (!statement) return;
        count(statement, args.status, -1n);
        statements.set({ ...statement, status: PENDING, settledBlock: null, settledLog: null });
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

const recordedBy = ({ place }: Event, { blockNumber, logIndex }: Statement): boolean =>
  blockNumber === place.blockNumber && logIndex === place.logIndex;
