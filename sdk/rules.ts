import { type Address, type Hex, isAddressEqual } from "viem";
import type { TaskInputs } from "./client.ts";
import { type LedgerEntry, tensorHash, unitSeed } from "./commitments.ts";
import { type Unit, unitOf } from "./contexts.ts";
import { type TensorSpec, tensorHeader } from "./layouts.ts";
import { REASON_PENALTY, REASON_PROVER, REASON_VERIFIER } from "./ledger.ts";
import { type RecordedStatement, statuses } from "./statements.ts";
import { orderedTree } from "./tree.ts";
import { unitInput } from "./units.ts";

const VERIFIED = 2;
const REFUTED = 3;

/** A task with its base inputs and its model's input tensor. */
export type SeasonTask = TaskInputs & { input: TensorSpec };

/** A season's rules and the statements that its points stand on, as the chain tells of them. */
export interface SeasonFacts {
  campaign: Address;
  seasonId: bigint;
  /** Times are unix seconds. */
  rules: { startsAt: number; endsAt: number; seededAt: number; seed: Hex; verifierCap: bigint };
  /** By task id. */
  tasks: ReadonlyMap<bigint, SeasonTask>;
  /** Statements by uid. */
  statements: ReadonlyMap<Hex, RecordedStatement>;
  /** What the registry keeps of each statement that points were awarded or burned for. */
  records: ReadonlyMap<Hex, { attestedAt: number; status: number }>;
  /** Accounts that verified each statement that points were awarded for. */
  verifiers: ReadonlyMap<Hex, readonly Address[]>;
}

/** Sentences about tasks whose base inputs don't have the root that was recorded. */
export function checkTasks({ tasks }: SeasonFacts): string[] {
  const wrong: string[] = [];
  for (const { taskId, inputs, inputCount, inputSetRoot } of tasks.values()) {
    const length = inputs.length / inputCount;
    const { root } = orderedTree(
      Array.from({ length: inputCount }, (_, i) => inputs.subarray(i * length, (i + 1) * length)),
    );
    if (root !== inputSetRoot)
      wrong.push(`Task ${taskId} has base inputs with the root ${root}; ${inputSetRoot} was recorded.`);
  }
  return wrong;
}

/**
 * Checks every ledger entry against the campaign's rules: a known statement of a unit of this season, made in time, on
 * its assigned input, with the status that its reason asks for, paid once, to whom and with what the rules give.
 * Returns a sentence for each entry that breaks one; none when all is well.
 */
export function checkEntries(entries: readonly LedgerEntry[], facts: SeasonFacts): string[] {
  const progress: Progress = { units: new Map(), burned: new Set(), shares: new Set(), verifierPoints: new Map() };
  const wrong: string[] = [];
  for (const [i, entry] of entries.entries()) {
    const fault = faultOf(entry, entries[i - 1], facts, progress);
    if (fault) wrong.push(`Entry ${entry.seq} (${entry.delta} points to ${entry.account}) ${fault}.`);
  }
  return wrong;
}

/** What was paid and burned before. */
interface Progress {
  /** The uid that was paid for a unit, by its context and prover. */
  units: Map<string, Hex>;
  burned: Set<Hex>;
  /** Verifiers that were paid, each as the uid and its address. */
  shares: Set<string>;
  verifierPoints: Map<Address, bigint>;
}

function faultOf(
  entry: LedgerEntry,
  previous: LedgerEntry | undefined,
  facts: SeasonFacts,
  progress: Progress,
): string | undefined {
  const recorded = facts.statements.get(entry.subject);
  const record = facts.records.get(entry.subject);
  if (!recorded || !record) return `is for ${entry.subject}, which no event recorded`;
  const unit = unitOf(recorded.statement.context);
  const task = unit && facts.tasks.get(unit.taskId);
  if (!unit || !task || !isAddressEqual(unit.campaign, facts.campaign) || unit.seasonId !== facts.seasonId)
    return `is for ${entry.subject}, which is not for a unit of this season`;
  const fault = statementFault(recorded, record.attestedAt, unit, task, facts);
  if (fault) return `is for ${entry.subject}, ${fault}`;
  const collects = previous?.subject === entry.subject && previous.account === entry.account && previous.delta > 0n;
  const expected = entry.reason === REASON_PENALTY && !collects ? REFUTED : VERIFIED;
  if (record.status !== expected)
    return `is for ${entry.subject}, which is ${statuses[record.status]}, not ${statuses[expected]}`;
  if (entry.reason === REASON_PROVER) return proverFault(entry, recorded, task, progress);
  if (entry.reason === REASON_VERIFIER) return verifierFault(entry, task, facts, progress);
  if (entry.reason !== REASON_PENALTY) return `has the reason ${entry.reason}, which no rule knows`;
  if (collects)
    return -entry.delta > previous.delta ? `collects more than the ${previous.delta} just awarded` : undefined;
  return penaltyFault(entry, recorded, task, progress);
}

function statementFault(
  { statement }: RecordedStatement,
  attestedAt: number,
  { unit }: Unit,
  task: SeasonTask,
  { rules }: SeasonFacts,
): string | undefined {
  if (statement.modelId !== task.modelId) return `whose model is ${statement.modelId}, not the task's ${task.modelId}`;
  if (statement.method !== task.method) return `whose method is ${statement.method}, not the task's ${task.method}`;
  if (unit >= BigInt(task.unitsPerAccount)) return `whose unit ${unit} is beyond the ${task.unitsPerAccount} allowed`;
  if (attestedAt < Math.max(rules.startsAt, rules.seededAt) || attestedAt >= rules.endsAt)
    return `which was attested at ${attestedAt}, outside the season`;
  return undefined;
}

function proverFault(
  entry: LedgerEntry,
  { statement, uid }: RecordedStatement,
  task: SeasonTask,
  progress: Progress,
): string | undefined {
  if (!isAddressEqual(entry.account, statement.prover)) return `pays a prover; the prover is ${statement.prover}`;
  if (entry.delta !== task.points) return `pays a unit of ${task.points} points`;
  const key = `${statement.context} ${statement.prover}`;
  const paid = progress.units.get(key);
  if (paid) return `pays a unit that was paid before, for ${paid}`;
  progress.units.set(key, uid);
  return undefined;
}

function verifierFault(
  { account, subject, delta }: LedgerEntry,
  task: SeasonTask,
  { verifiers, rules }: SeasonFacts,
  { shares, verifierPoints }: Progress,
): string | undefined {
  const sharing = verifiers.get(subject) ?? [];
  if (!sharing.some((verifier) => isAddressEqual(verifier, account)))
    return `pays a verifier that ${subject} doesn't have`;
  if (shares.has(`${subject} ${account}`)) return `pays a verifier of ${subject} a second time`;
  shares.add(`${subject} ${account}`);
  const before = verifierPoints.get(account) ?? 0n;
  const share = (task.points * 60n) / (100n * BigInt(sharing.length));
  const left = rules.verifierCap - before;
  const due = share < left ? share : left;
  verifierPoints.set(account, before + delta);
  return delta === due ? undefined : `pays a verifier's share, which is ${due} points`;
}

function penaltyFault(
  { account, delta, subject }: LedgerEntry,
  { statement }: RecordedStatement,
  { points }: SeasonTask,
  { burned }: Progress,
): string | undefined {
  if (!isAddressEqual(account, statement.prover)) return `penalises ${account}; the prover is ${statement.prover}`;
  if (burned.has(subject)) return `penalises ${subject} a second time`;
  burned.add(subject);
  return -delta > 10n * points ? `burns more than ten times the unit's ${points} points` : undefined;
}

/** Sentences about awarded statements whose input is not the one that was assigned to their unit. */
export function checkInputs(entries: readonly LedgerEntry[], { tasks, statements, rules }: SeasonFacts): string[] {
  const wrong: string[] = [];
  for (const { subject, reason } of entries) {
    const statement = statements.get(subject)?.statement;
    const unit = statement && unitOf(statement.context);
    const task = unit && tasks.get(unit.taskId);
    if (reason !== REASON_PROVER || !task) continue;
    const seed = unitSeed(rules.seed, unit.taskId, statement.prover, unit.unit);
    const data = unitInput(seed, task);
    const assigned = tensorHash(tensorHeader(task.input), new Uint8Array(data.buffer));
    if (assigned !== statement.inputHash)
      wrong.push(`${subject} was awarded for the input ${statement.inputHash}; its unit was assigned ${assigned}.`);
  }
  return wrong;
}
