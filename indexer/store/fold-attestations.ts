import type { Address, Hex } from "viem";
import { unitWithin } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";
import type { Event, Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import { createEntries } from "./entries.ts";
import type { FoldSteps } from "./fold.ts";
import { fastAnswerHash } from "./hashes.ts";
import { IntegrityError, recordedTwice } from "./integrity.ts";
import type { Attestation } from "./rows-of-attestations.ts";
import type { Working } from "./working.ts";

/** What an attestation says when it is recorded; a batch has no input and no answer of its own, a single one no root. */
type Recorded = Pick<
  Attestation,
  "uid" | "prover" | "method" | "modelId" | "inputHash" | "context" | "answer" | "root" | "count"
>;

/** What opens an attestation's answer. */
type Opening = Pick<Attestation, "outputHash" | "traceHash" | "salt">;

/** A panel member's revealed vote. */
interface Vote {
  round: number;
  member: Address;
  outputHash: Hex;
}

const unopened: Opening = { outputHash: null, traceHash: null, salt: null };

/** Attestations and batches, how they stand, the votes that judged them, and each account's tally of them. */
export function attestationSteps(db: Db, working: Working, campaign: Address): FoldSteps {
  const { attestations, tasks, activity } = working;
  const entries = createEntries(working);
  const addVote = db.prepare("INSERT INTO votes VALUES (?, ?, ?, ?)");
  const removeVote = db.prepare("DELETE FROM votes WHERE uid = ? AND round = ? AND member = ?");
  const votesOf = db.prepare<[Hex], Vote>("SELECT round, member, output_hash AS outputHash FROM votes WHERE uid = ?");

  // An attestation that the season's rules don't ask for can name any season: it must not show there.
  function seasonOf(attestation: Recorded): number | null {
    const unit = unitWithin(attestation.context, campaign);
    if (!unit) return null;
    const task = tasks.get(unit);
    const asked =
      task?.modelId === attestation.modelId &&
      task.method === BigInt(attestation.method) &&
      unit.unit + BigInt(attestation.count) <= task.unitsPerAccount;
    return asked ? Number(unit.seasonId) : null;
  }

  // Spelt out, so that all rows have one shape: most time is spent where they are read.
  function record(recorded: Recorded, opening: Opening, { blockNumber, logIndex }: Place, timestamp: number): void {
    const seasonId = seasonOf(recorded);
    const { prover, method, count } = recorded;
    const added = attestations.add({
      uid: recorded.uid,
      prover,
      method,
      modelId: recorded.modelId,
      inputHash: recorded.inputHash,
      context: recorded.context,
      answer: recorded.answer,
      root: recorded.root,
      outputHash: opening.outputHash,
      traceHash: opening.traceHash,
      salt: opening.salt,
      seasonId,
      count,
      status: Status.pending,
      challenger: null,
      blockNumber,
      logIndex,
      settledBlock: null,
      settledLog: null,
    });
    if (!added) throw recordedTwice(recorded);
    if (seasonId !== null) entries.add(BigInt(seasonId), prover, { pending: count });
    countActivity(method, timestamp, 1);
  }

  function forget(attestation: Attestation, timestamp: number): void {
    const { seasonId, prover, count, method } = attestation;
    attestations.remove(attestation);
    if (seasonId !== null) entries.add(BigInt(seasonId), prover, { pending: -count });
    countActivity(method, timestamp, -1);
  }

  function countActivity(method: number, timestamp: number, amount: number): void {
    const key = { minute: timestamp - (timestamp % 60), method };
    const count = (activity.get(key)?.count ?? 0) + amount;
    if (count > 0) activity.set({ ...key, count });
    else activity.remove(key);
  }

  function require(uid: Hex, what: string): Attestation {
    const attestation = attestations.get({ uid });
    if (!attestation) throw new IntegrityError(`${what} came for attestation ${uid}, which was never recorded.`);
    return attestation;
  }

  /** Moves the units from one status to another, and credits who caught a refuted one; `sign` -1 takes it back. */
  function count(attestation: Attestation, status: number, sign: 1 | -1): void {
    const { uid, prover, challenger, outputHash } = attestation;
    if (attestation.seasonId === null) return;
    const season = BigInt(attestation.seasonId);
    const units = sign * attestation.count;
    if (status === Status.verified) entries.add(season, prover, { pending: -units, verified: units });
    else if (status === Status.refuted) entries.add(season, prover, { pending: -units, refuted: units });
    else entries.add(season, prover, { pending: -units });
    if (status !== Status.refuted) return;
    const catchers = challenger === null ? catchersAmong(votesOf.all(uid), outputHash) : [challenger];
    for (const catcher of catchers) entries.add(season, catcher, { caught: sign });
  }

  return {
    Committed: {
      apply({ args, place }, timestamp) {
        const { uid, prover, method, modelId, inputHash, context, answer } = args;
        const recorded = { uid, prover, method, modelId, inputHash, context, answer, root: null, count: 1 };
        record(recorded, unopened, place, timestamp);
      },
      undo({ args }, timestamp) {
        forget(require(args.uid, "An undo"), timestamp);
      },
    },
    Attested: {
      apply({ args, place }, timestamp) {
        const attestation = attestations.get(args);
        if (attestation && (attestation.outputHash !== null || attestation.root !== null))
          throw new IntegrityError(`Attestation ${args.uid} was revealed twice.`);
        const { uid, prover, method, modelId, inputHash, context, outputHash, traceHash, salt } = args;
        if (attestation) return attestations.set({ ...attestation, outputHash, traceHash, salt });
        const answer = fastAnswerHash(prover, args);
        record(
          { uid, prover, method, modelId, inputHash, context, answer, root: null, count: 1 },
          args,
          place,
          timestamp,
        );
      },
      undo(event, timestamp) {
        const attestation = require(event.args.uid, "An undo");
        if (recordedBy(event, attestation)) forget(attestation, timestamp);
        else attestations.set({ ...attestation, ...unopened });
      },
    },
    BatchAttested: {
      apply({ args, place }, timestamp) {
        const { id, prover, method, modelId, context, count, root } = args;
        const recorded = { uid: id, prover, method, modelId, inputHash: null, context, answer: null, root, count };
        record(recorded, unopened, place, timestamp);
      },
      undo({ args }, timestamp) {
        forget(require(args.id, "An undo"), timestamp);
      },
    },
    RowRefuted: {
      apply({ args }) {
        const attestation = require(args.id, "RowRefuted");
        if (attestation.status !== Status.pending || attestation.challenger !== null)
          throw new IntegrityError(`A row of attestation ${args.id} was refuted when it was settled already.`);
        attestations.set({ ...attestation, challenger: args.challenger });
      },
      undo({ args }) {
        attestations.set({ ...require(args.id, "An undo"), challenger: null });
      },
    },
    StatusChanged: {
      apply({ args, place }) {
        const recorded = attestations.get({ uid: args.id });
        // A prover may revoke what was never recorded: nobody can record it then.
        if (!recorded && args.status === Status.revoked) return;
        const attestation = recorded ?? require(args.id, "StatusChanged");
        if (attestation.status !== Status.pending)
          throw new IntegrityError(`Attestation ${args.id} was settled twice.`);
        attestations.set({
          ...attestation,
          ...{ status: args.status, settledBlock: place.blockNumber, settledLog: place.logIndex },
        });
        count(attestation, args.status, 1);
      },
      undo({ args }) {
        const attestation = attestations.get({ uid: args.id });
        if (!attestation) return;
        count(attestation, args.status, -1);
        attestations.set({ ...attestation, status: Status.pending, settledBlock: null, settledLog: null });
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

const recordedBy = ({ place }: Event, { blockNumber, logIndex }: Attestation): boolean =>
  blockNumber === place.blockNumber && logIndex === place.logIndex;

/** Who voted, in any round, for what most of the last round's members found instead of the revealed answer. */
function catchersAmong(votes: readonly Vote[], revealed: Hex | null): Set<Address> {
  const last = Math.max(...votes.map(({ round }) => round));
  const counts = new Map<Hex, number>();
  for (const { round, outputHash } of votes)
    if (round === last) counts.set(outputHash, (counts.get(outputHash) ?? 0) + 1);
  const [found] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0] ?? [];
  if (revealed === null || found === revealed) return new Set();
  return new Set(votes.flatMap(({ member, outputHash }) => (outputHash === found ? [member] : [])));
}
