import type { Address } from "viem";
import { unitWithin } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";
import type { LogLocation } from "../decode/events.ts";
import { methods } from "../methods/index.ts";
import type { IndexedMethod } from "../methods/method.ts";
import { countActivity } from "./activity.ts";
import { count } from "./entries.ts";
import { fastAnswerHash } from "./hashes.ts";
import type { Rows } from "./identity-map.ts";
import { type Attestation, requireAttestation } from "./recorded.ts";
import { idOf, type Task } from "./seasons.ts";
import { type FoldSteps, IntegrityError, type Scene } from "./step.ts";

/** What an attestation says when it is recorded; a batch has no input and no answer of its own, a single one no root. */
type Recorded = Pick<
  Attestation,
  "uid" | "prover" | "method" | "modelId" | "inputHash" | "context" | "answer" | "root" | "count"
>;

/** What opens an attestation's answer. */
type Opening = Pick<Attestation, "outputHash" | "traceHash" | "salt">;

const unopened: Opening = { outputHash: null, traceHash: null, salt: null };

// An attestation can name any season. It must not appear there unless the season's rules ask for it.
function taskOf({ tasks }: Rows, attestation: Recorded, campaign: Address): Task | undefined {
  const unit = unitWithin(attestation.context, campaign);
  if (!unit) return undefined;
  const task = tasks.get({ seasonId: idOf(unit.seasonId), taskId: idOf(unit.taskId) });
  const asked =
    task?.modelId === attestation.modelId &&
    task.method === attestation.method &&
    unit.unit + BigInt(attestation.count) <= task.unitsPerAccount;
  return asked ? task : undefined;
}

// Spelt out, so that all rows have one shape: most time is spent where they are read.
function record(
  rows: Rows,
  recorded: Recorded,
  opening: Opening,
  { blockNumber, logIndex }: LogLocation,
  { deployment, timestamp }: Scene,
): void {
  const task = taskOf(rows, recorded, deployment.contracts.Campaign.address);
  const { uid, prover, method, count: units } = recorded;
  const added = rows.attestations.add({
    uid,
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
    seasonId: task?.seasonId ?? null,
    taskId: task?.taskId ?? null,
    count: units,
    status: Status.pending,
    blockNumber,
    logIndex,
    settledBlock: null,
    settledLog: null,
  });
  if (!added) throw new IntegrityError(`Attestation ${uid} was recorded twice.`);
  if (task) count(rows, task.seasonId, prover, { pending: units });
  countActivity(rows, method, timestamp);
}

/** Moves the units from pending to a status, and credits who caught a refuted one. */
function settle(rows: Rows, attestation: Attestation, status: number, location: LogLocation): void {
  const { uid, seasonId, prover, count: units } = attestation;
  if (status === Status.refuted)
    for (const account of catchersOf(attestation, rows)) {
      rows.catches.add({ account, uid, blockNumber: location.blockNumber, logIndex: location.logIndex });
      if (seasonId !== null) count(rows, seasonId, account, { caught: 1 });
    }
  if (seasonId === null) return;
  if (status === Status.verified) count(rows, seasonId, prover, { pending: -units, verified: units });
  else if (status === Status.refuted) count(rows, seasonId, prover, { pending: -units, refuted: units });
  else count(rows, seasonId, prover, { pending: -units });
}

function* catchersOf(attestation: Attestation, rows: Rows): Iterable<Address> {
  for (const { catchersOf } of Object.values<IndexedMethod>(methods)) yield* catchersOf?.(attestation, rows) ?? [];
}

/** Attestations and batches, their statuses, and each account's tally of them. */
export const attestationSteps: FoldSteps = {
  Committed({ args, location }, rows, scene) {
    const { uid, prover, method, modelId, inputHash, context, answer } = args;
    const recorded = { uid, prover, method, modelId, inputHash, context, answer, root: null, count: 1 };
    record(rows, recorded, unopened, location, scene);
  },
  Attested({ args, location }, rows, scene) {
    const { uid, prover, method, modelId, inputHash, context, outputHash, traceHash, salt } = args;
    const attestation = rows.attestations.get(args);
    if (attestation && (attestation.outputHash !== null || attestation.root !== null))
      throw new IntegrityError(`Attestation ${uid} was revealed twice.`);
    if (attestation) return rows.attestations.set({ ...attestation, outputHash, traceHash, salt });
    const answer = fastAnswerHash(prover, args);
    const recorded = { uid, prover, method, modelId, inputHash, context, answer, root: null, count: 1 };
    record(rows, recorded, args, location, scene);
  },
  BatchAttested({ args, location }, rows, scene) {
    const { id, prover, method, modelId, context, count, root } = args;
    const recorded = { uid: id, prover, method, modelId, inputHash: null, context, answer: null, root, count };
    record(rows, recorded, unopened, location, scene);
  },
  StatusChanged({ args, location }, rows) {
    const recorded = rows.attestations.get({ uid: args.id });
    // A prover may revoke what was never recorded: nobody can record it then.
    if (!recorded && args.status === Status.revoked) return;
    const attestation = recorded ?? requireAttestation(rows, args.id, "StatusChanged");
    if (attestation.status !== Status.pending) throw new IntegrityError(`Attestation ${args.id} was settled twice.`);
    rows.attestations.set({
      ...attestation,
      ...{ status: args.status, settledBlock: location.blockNumber, settledLog: location.logIndex },
    });
    settle(rows, attestation, args.status, location);
  },
};
