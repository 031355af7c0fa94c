import { type Address, type Hex, isAddressEqual } from "viem";
import { countOf, type RecordedAttestation } from "./attestations.ts";
import type { TaskInputs } from "./client.ts";
import { type LedgerEntry, tensorHash, unitSeed } from "./commitments.ts";
import { type Unit, unitContext, unitOf } from "./contexts.ts";
import { type TensorSpec, tensorHeader } from "./layouts.ts";
import { PENALTY_FACTOR, Reason, Status, statusName, verifierShare } from "./protocol.ts";
import { leavesOf, orderedTree } from "./tree.ts";
import { unitInput } from "./units.ts";

/** A task with its base inputs and its model's input tensor. */
export type SeasonTask = TaskInputs & { input: TensorSpec };

/** A season's rules and the attestations that its points come from, from the chain. */
export interface SeasonFacts {
  campaign: Address;
  seasonId: bigint;
  /** Times are unix seconds. */
  rules: { startsAt: number; endsAt: number; seededAt: number; seed: Hex; verifierCap: bigint };
  /** By task id. */
  tasks: ReadonlyMap<bigint, SeasonTask>;
  /** By id, batches among them. */
  attestations: ReadonlyMap<Hex, RecordedAttestation>;
  /** What the registry keeps of each attestation that points were awarded or burned for. */
  records: ReadonlyMap<Hex, { attestedAt: number; status: number }>;
  /** Accounts that verified each attestation that points were awarded for. */
  verifiers: ReadonlyMap<Hex, readonly Address[]>;
}

/** Sentences about tasks whose base inputs don't have the root that was recorded. */
export function checkTasks({ tasks }: SeasonFacts): string[] {
  const wrong: string[] = [];
  for (const { taskId, inputs, inputCount, inputSetRoot } of tasks.values()) {
    const { root } = orderedTree(leavesOf(inputs, inputCount));
    if (root !== inputSetRoot)
      wrong.push(`Task ${taskId} has base inputs with the root ${root}; ${inputSetRoot} was recorded.`);
  }
  return wrong;
}

/**
 * Checks every ledger entry against the campaign's rules: a known attestation or batch of units of this season, made in
 * time, with the status that its reason asks for, each unit paid once, to whom and with what the rules give.
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
  /** The uid or batch id that a unit was paid or penalised for, by its context and prover. */
  units: Map<string, Hex>;
  burned: Set<Hex>;
  /** Verifiers that were paid, each as the uid and its address. */
  shares: Set<string>;
  verifierPoints: Map<Address, bigint>;
}

/** What an attestation says about units; `unit` is the first one. */
interface UnitRange {
  prover: Address;
  method: number;
  modelId: Hex;
  count: number;
  unit: Unit;
}

/** The season's units that the attestation of that name is about; undefined when it is about something else. */
function unitsOf(subject: Hex, { attestations, campaign, seasonId }: SeasonFacts): UnitRange | undefined {
  const attestation = attestations.get(subject);
  const unit = attestation && unitOf(attestation.message.context);
  if (!unit || !isAddressEqual(unit.campaign, campaign) || unit.seasonId !== seasonId) return undefined;
  const { prover, method, modelId } = attestation.message;
  return { prover, method, modelId, unit, count: countOf(attestation) };
}

function faultOf(
  entry: LedgerEntry,
  previous: LedgerEntry | undefined,
  facts: SeasonFacts,
  progress: Progress,
): string | undefined {
  const record = facts.records.get(entry.subject);
  if (!record || !facts.attestations.has(entry.subject)) return `is for ${entry.subject}, which no event recorded`;
  const units = unitsOf(entry.subject, facts);
  const task = units && facts.tasks.get(units.unit.taskId);
  if (!units || !task) return `is for ${entry.subject}, which is not for a unit of this season`;
  const fault = unitsFault(units, record.attestedAt, task, facts);
  if (fault) return `is for ${entry.subject}, ${fault}`;
  const collects = previous?.subject === entry.subject && previous.account === entry.account && previous.delta > 0n;
  const expected = entry.reason === Reason.penalty && !collects ? Status.refuted : Status.verified;
  if (record.status !== expected)
    return `is for ${entry.subject}, which is ${statusName(record.status)}, not ${statusName(expected)}`;
  if (entry.reason === Reason.prover) return proverFault(entry, units, task, progress);
  if (entry.reason === Reason.verifier) return verifierFault(entry, task, facts, progress);
  if (entry.reason !== Reason.penalty) return `has the reason ${entry.reason}, which no rule knows`;
  if (collects)
    return -entry.delta > previous.delta ? `collects more than the ${previous.delta} just awarded` : undefined;
  return penaltyFault(entry, units, task, progress);
}

function unitsFault(
  { modelId, method, unit, count }: UnitRange,
  attestedAt: number,
  task: SeasonTask,
  { rules }: SeasonFacts,
): string | undefined {
  const last = unit.unit + BigInt(count) - 1n;
  if (modelId !== task.modelId) return `whose model is ${modelId}, not the task's ${task.modelId}`;
  if (method !== task.method) return `whose method is ${method}, not the task's ${task.method}`;
  if (last >= BigInt(task.unitsPerAccount)) return `whose unit ${last} is beyond the ${task.unitsPerAccount} allowed`;
  if (attestedAt < Math.max(rules.startsAt, rules.seededAt) || attestedAt >= rules.endsAt)
    return `which was attested at ${attestedAt}, outside the season`;
  return undefined;
}

function proverFault(
  { account, delta, subject }: LedgerEntry,
  range: UnitRange,
  { points }: SeasonTask,
  { units }: Progress,
): string | undefined {
  const { prover, count } = range;
  if (!isAddressEqual(account, prover)) return `pays a prover; the prover is ${prover}`;
  if (delta !== points * BigInt(count)) return `pays ${count === 1 ? "a unit" : `${count} units`} of ${points} points`;
  const keys = keysOf(range);
  const spent = keys.find((key) => units.has(key));
  if (spent) return `pays a unit that was paid before or is dead, for ${units.get(spent)}`;
  for (const key of keys) units.set(key, subject);
  return undefined;
}

const keysOf = ({ prover, unit, count }: UnitRange): string[] =>
  Array.from({ length: count }, (_, i) => `${unitContext({ ...unit, unit: unit.unit + BigInt(i) })} ${prover}`);

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
  const share = verifierShare(task.points, sharing.length);
  const left = rules.verifierCap - before;
  const due = share < left ? share : left;
  verifierPoints.set(account, before + delta);
  return delta === due ? undefined : `pays a verifier's share, which is ${due} points`;
}

function penaltyFault(
  { account, delta, subject }: LedgerEntry,
  range: UnitRange,
  { points }: SeasonTask,
  { burned, units }: Progress,
): string | undefined {
  const { prover, count } = range;
  if (!isAddressEqual(account, prover)) return `penalises ${account}; the prover is ${prover}`;
  if (burned.has(subject)) return `penalises ${subject} a second time`;
  burned.add(subject);
  for (const key of keysOf(range)) units.set(key, subject);
  const what = count === 1 ? "the unit's" : `each of ${count} units'`;
  return -delta > PENALTY_FACTOR * points * BigInt(count)
    ? `burns more than ten times ${what} ${points} points`
    : undefined;
}

/**
 * Sentences about awarded attestations whose input is not the one that was assigned to their unit. A batch names no input:
 * its units' are the assigned ones.
 */
export function checkInputs(entries: readonly LedgerEntry[], { tasks, attestations, rules }: SeasonFacts): string[] {
  const wrong: string[] = [];
  for (const { subject, reason } of entries) {
    const attestation = attestations.get(subject);
    if (reason !== Reason.prover || attestation?.kind !== "single") continue;
    const { prover, context, inputHash } = attestation.message;
    const unit = unitOf(context);
    const task = unit && tasks.get(unit.taskId);
    if (!task) continue;
    const seed = unitSeed(rules.seed, unit.taskId, prover, unit.unit);
    const data = unitInput(seed, task);
    const assigned = tensorHash(tensorHeader(task.input), new Uint8Array(data.buffer));
    if (assigned !== inputHash)
      wrong.push(`${subject} was awarded for the input ${inputHash}; its unit was assigned ${assigned}.`);
  }
  return wrong;
}
