import { type Address, type Hex, isAddressEqual } from "viem";
import { createDebts } from "./audit/debts.ts";
import { createSpentUnits } from "./audit/spentUnits.ts";
import type { TaskInputs } from "./client.ts";
import { type LedgerEntry, tensorHash, unitSeed } from "./commitments.ts";
import { type TensorSpec, tensorHeader } from "./layouts.ts";
import { PENALTY_FACTOR, Reason, Status, statusName, verifierShare } from "./protocol.ts";
import { leavesOf, orderedTree } from "./tree.ts";
import { unitInput } from "./units.ts";

/** A task with its base inputs and its model's input tensor. */
export type SeasonTask = TaskInputs & { input: TensorSpec };

/** What a season's points are held against, from the chain. */
export interface SeasonFacts {
  /** Times are unix seconds. */
  rules: { startsAt: number; endsAt: number; seededAt: number; seed: Hex; verifierCap: bigint };
  /** By task id. */
  tasks: ReadonlyMap<bigint, SeasonTask>;
}

/** What a prover says about consecutive units of one of the season's tasks. */
export interface UnitsAttestation {
  /** Its uid, or a batch's id. */
  id: Hex;
  prover: Address;
  method: number;
  modelId: Hex;
  taskId: bigint;
  /** The first one. */
  unit: bigint;
  count: number;
  /** Null of a batch, which names none: its units' inputs are the assigned ones. */
  inputHash: Hex | null;
  /** The block that recorded it. */
  blockNumber: bigint;
}

/** What the registry keeps of an attestation, and the accounts that its method says verified it. */
export interface RegistryRecord {
  /** Unix seconds. */
  attestedAt: number;
  status: number;
  verifiers: readonly Address[];
}

/** What became of the attestations of a season's units. */
export interface Outcomes {
  /** Refuted ones whose penalty the ledger shows. */
  burned: number;
  /** Refuted ones whose penalty took no points: nobody burned it, or the account had none and owes it. */
  unburned: number;
  /** Verified ones that nobody awarded. */
  unawarded: number;
  /** Points that accounts owe by now. */
  owed: bigint;
}

/** A season's ledger, held against the campaign's rules entry by entry. */
export interface Rules {
  /** Takes note of an attestation of the season's units, as it was recorded first. */
  attested(attestation: UnitsAttestation): void;
  /** The attestation of that name, if there is one. */
  attestation(id: Hex): UnitsAttestation | undefined;
  /** How many attestations there are. */
  readonly attestations: number;
  /**
   * Checks the next entry: a known attestation of units of this season, made in time, with the status that its reason asks
   * for, each unit paid once, on its assigned input, to whom and with what the rules give, and debts taken.
   *
   * @param record What the registry keeps of the entry's subject; undefined if it keeps nothing.
   */
  entered(entry: LedgerEntry, record: RegistryRecord | undefined): void;
  /** Attestations that the ledger doesn't name so far. */
  unentered(): UnitsAttestation[];
  /** Accounts that may owe points, given what the registry keeps of the {@link unentered}. */
  debtors(records: ReadonlyMap<Hex, RegistryRecord>): Address[];
  /**
   * Ends the ledger: no share is missing, and what each debtor paid and owes is the sum of penalties of refuted
   * attestations. When a penalty that took no points was burned isn't known, so only its amount is checked.
   *
   * @param owed What the campaign says that each debtor owes.
   */
  ended(records: ReadonlyMap<Hex, RegistryRecord>, owed: ReadonlyMap<Address, bigint>): Outcomes;
  /** Attestations that the ledger paid, in the order of their recording. */
  paid(): Iterable<UnitsAttestation>;
  /** A sentence for each thing that breaks a rule, so far. */
  readonly wrong: string[];
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

/** Shares that an award owes to verifiers, in the order of their payment. */
interface Award {
  subject: Hex;
  shares: Map<Address, bigint>;
}

interface Account {
  points: bigint;
  verifierPoints: bigint;
}

type Known = UnitsAttestation & { state: "open" | "paid" | "burned" };

/** Begins a season's ledger. */
export function createRules(facts: SeasonFacts): Rules {
  const attestations = new Map<Hex, Known>();
  const accounts = new Map<Address, Account>();
  const units = createSpentUnits();
  const debts = createDebts();
  const wrong: string[] = [];
  let award: Award = { subject: "0x", shares: new Map() };
  let previous: LedgerEntry | undefined;

  const accountOf = (address: Address): Account => {
    const known = accounts.get(address) ?? { points: 0n, verifierPoints: 0n };
    accounts.set(address, known);
    return known;
  };

  const faultOf = (entry: LedgerEntry, record: RegistryRecord | undefined): string | undefined => {
    const { subject, reason } = entry;
    const attestation = attestations.get(subject);
    const task = attestation && facts.tasks.get(attestation.taskId);
    if (!attestation || !task || !record) return `is for ${subject}, which no event records for a unit of this season`;
    const fault = unitsFault(attestation, record, task, facts);
    if (fault) return `is for ${subject}, ${fault}`;
    const collects = previous !== undefined && collectsFrom(previous, entry);
    const expected = reason === Reason.penalty && !collects ? Status.refuted : Status.verified;
    if (record.status !== expected)
      return `is for ${subject}, which is ${statusName(record.status)}, not ${statusName(expected)}`;
    if (reason === Reason.prover) return proverFault(entry, attestation, task, record);
    if (reason === Reason.verifier) return verifierFault(entry, record);
    if (reason !== Reason.penalty) return `has the reason ${reason}, which no rule knows`;
    return collects ? collectFault(entry) : penaltyFault(entry, attestation, task);
  };

  const proverFault = (
    { account, delta, subject }: LedgerEntry,
    attestation: Known,
    task: SeasonTask,
    { verifiers }: RegistryRecord,
  ): string | undefined => {
    const { prover, count, inputHash } = attestation;
    if (!isAddressEqual(account, prover)) return `pays a prover; the prover is ${prover}`;
    if (delta !== task.points * BigInt(count))
      return `pays ${count === 1 ? "a unit" : `${count} units`} of ${task.points} points`;
    const spentFor = units.pay(attestation);
    if (spentFor) return `pays a unit that was paid before or is dead, for ${spentFor}`;
    attestation.state = "paid";
    if (inputHash === null) return undefined;
    award = { subject, shares: sharesOf(task, verifiers) };
    const assigned = assignedHash(attestation, task, facts);
    return assigned === inputHash ? undefined : `is for the input ${inputHash}; its unit was assigned ${assigned}`;
  };

  const sharesOf = ({ points }: SeasonTask, verifiers: readonly Address[]): Map<Address, bigint> => {
    const shares = new Map<Address, bigint>();
    for (const verifier of verifiers) {
      const share = verifierShare(points, verifiers.length);
      const left: bigint = facts.rules.verifierCap - accountOf(verifier).verifierPoints;
      const due = share < left ? share : left;
      if (due > 0n) shares.set(verifier, due);
    }
    return shares;
  };

  const verifierFault = ({ account, subject, delta }: LedgerEntry, { verifiers }: RegistryRecord) => {
    const due = award.subject === subject ? award.shares.get(account) : undefined;
    accountOf(account).verifierPoints += delta;
    if (due === undefined)
      return verifiers.some((verifier) => isAddressEqual(verifier, account))
        ? `pays a verifier of ${subject} that nothing was due to`
        : `pays a verifier that ${subject} doesn't have`;
    award.shares.delete(account);
    return delta === due ? undefined : `pays a verifier's share, which is ${due} points`;
  };

  const penaltyFault = (entry: LedgerEntry, attestation: Known, { points }: SeasonTask): string | undefined => {
    const { prover, state } = attestation;
    if (!isAddressEqual(entry.account, prover)) return `penalises ${entry.account}; the prover is ${prover}`;
    if (state === "burned") return `penalises ${entry.subject} a second time`;
    attestation.state = "burned";
    units.kill(attestation);
    return debts.penalise(entry, penaltyOf(attestation, points), accountOf(entry.account).points);
  };

  const collectFault = (entry: LedgerEntry): string | undefined =>
    debts.collect(entry, previous?.delta ?? 0n, accountOf(entry.account).points);

  /** What had to come before the next entry, or before the end. */
  const closePrevious = (next?: LedgerEntry): void => {
    if (previous && previous.delta > 0n && !(next && collectsFrom(previous, next))) {
      const owed = debts.owedBy(previous.account);
      if (owed > 0n) wrong.push(sentenceOf(previous, `takes nothing of the ${owed} points that are owed`));
    }
    if (next && next.subject === award.subject) return;
    for (const [verifier, due] of award.shares)
      wrong.push(`${award.subject} was awarded, but ${verifier}, who verified it, didn't get its ${due} points.`);
    award = { subject: "0x", shares: new Map() };
  };

  const inState = (state: Known["state"]) => [...attestations.values()].filter((each) => each.state === state);

  /** Attestations that the ledger doesn't name and that count in the season, with this status. */
  const open = (records: ReadonlyMap<Hex, RegistryRecord>, status: number): UnitsAttestation[] =>
    inState("open").filter((attestation) => {
      const [record, task] = [records.get(attestation.id), facts.tasks.get(attestation.taskId)];
      return record?.status === status && task && !unitsFault(attestation, record, task, facts);
    });

  /** Penalties of refuted attestations that the ledger doesn't name, by prover. */
  const hiddenPenalties = (records: ReadonlyMap<Hex, RegistryRecord>): Map<Address, bigint[]> => {
    const hidden = new Map<Address, bigint[]>();
    for (const attestation of open(records, Status.refuted)) {
      const penalty = penaltyOf(attestation, facts.tasks.get(attestation.taskId)?.points ?? 0n);
      hidden.set(attestation.prover, [...(hidden.get(attestation.prover) ?? []), penalty]);
    }
    return hidden;
  };

  return {
    wrong,
    get attestations() {
      return attestations.size;
    },
    attestation: (id) => attestations.get(id),
    attested(attestation) {
      if (!attestations.has(attestation.id)) attestations.set(attestation.id, { ...attestation, state: "open" });
    },
    entered(entry, record) {
      closePrevious(entry);
      const fault = faultOf(entry, record);
      if (fault) wrong.push(sentenceOf(entry, fault));
      accountOf(entry.account).points += entry.delta;
      previous = entry;
    },
    unentered: () => inState("open"),
    debtors: (records) => [...new Set([...debts.accounts(), ...hiddenPenalties(records).keys()])],
    ended(records, owed) {
      closePrevious();
      const hidden = hiddenPenalties(records);
      for (const [account, due] of owed) {
        const fault = debts.balance(account, due, hidden.get(account) ?? []);
        if (fault) wrong.push(fault);
      }
      return {
        burned: inState("burned").length,
        unburned: [...hidden.values()].flat().length,
        unawarded: open(records, Status.verified).length,
        owed: [...owed.values()].reduce((sum, due) => sum + due, 0n),
      };
    },
    paid: () => inState("paid"),
  };
}

/** Whether an entry takes a debt from the award before it. */
const collectsFrom = (previous: LedgerEntry, { subject, account, reason }: LedgerEntry): boolean =>
  reason === Reason.penalty && previous.subject === subject && previous.account === account && previous.delta > 0n;

const sentenceOf = ({ seq, delta, account }: LedgerEntry, fault: string): string =>
  `Entry ${seq} (${delta} points to ${account}) ${fault}.`;

const penaltyOf = ({ count }: UnitsAttestation, points: bigint): bigint => PENALTY_FACTOR * points * BigInt(count);

function unitsFault(
  { modelId, method, unit, count }: UnitsAttestation,
  { attestedAt }: RegistryRecord,
  task: SeasonTask,
  { rules }: SeasonFacts,
): string | undefined {
  const last = unit + BigInt(count) - 1n;
  if (modelId !== task.modelId) return `whose model is ${modelId}, not the task's ${task.modelId}`;
  if (method !== task.method) return `whose method is ${method}, not the task's ${task.method}`;
  if (last >= BigInt(task.unitsPerAccount)) return `whose unit ${last} is beyond the ${task.unitsPerAccount} allowed`;
  if (attestedAt < Math.max(rules.startsAt, rules.seededAt) || attestedAt >= rules.endsAt)
    return `which was attested at ${attestedAt}, outside the season`;
  return undefined;
}

function assignedHash({ taskId, prover, unit }: UnitsAttestation, task: SeasonTask, { rules }: SeasonFacts): Hex {
  const data = unitInput(unitSeed(rules.seed, taskId, prover, unit), task);
  return tensorHash(tensorHeader(task.input), new Uint8Array(data.buffer));
}
