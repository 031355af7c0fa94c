import { expect } from "chai";
import { type Address, getAddress, type Hex, keccak256 } from "viem";
import { type LedgerEntry, tensorHash, unitSeed } from "../../sdk/commitments.ts";
import { INT8, type TensorSpec, tensorHeader } from "../../sdk/layouts.ts";
import {
  checkTasks,
  createRules,
  type Outcomes,
  type RegistryRecord,
  type SeasonFacts,
  type SeasonTask,
  type UnitsAttestation,
} from "../../sdk/rules.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { unitInput } from "../../sdk/units.ts";

const accountOf = (n: number): Address => getAddress(`0x${(n + 1).toString(16).padStart(40, "0")}`);
const [PROVER, ANNE, BORIS, STRANGER] = [1, 2, 3, 4].map(accountOf) as [Address, Address, Address, Address];
const idOf = (n: number): Hex => keccak256(`0x${n.toString(16).padStart(2, "0")}`);
const [MODEL, SEED, UID, REFUTED_UID] = [1, 2, 3, 4].map(idOf) as [Hex, Hex, Hex, Hex];
const [BATCH, OVERLAPPING, REFUTED_BATCH, LONG_BATCH] = [5, 6, 7, 8].map(idOf) as [Hex, Hex, Hex, Hex];
const [SECOND, HIDDEN, HIDDEN_TOO] = [9, 10, 11].map(idOf) as [Hex, Hex, Hex];
const input: TensorSpec = { name: "x", dtype: INT8, dims: [1, 4] };
const inputs = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);

const task: SeasonTask = {
  ...{ seasonId: 1n, taskId: 1n, modelId: MODEL, method: 1, points: 100n, unitsPerAccount: 6, noise: 2 },
  ...{ inputCount: 2, inputSetRoot: orderedTree([inputs.subarray(0, 4), inputs.subarray(4)]).root, inputs, input },
};
const taskOfBatches = { ...task, taskId: 2n, method: 2, points: 7n, unitsPerAccount: 20 };
const facts: SeasonFacts = {
  rules: { startsAt: 100, endsAt: 200, seededAt: 110, seed: SEED, verifierCap: 50n },
  tasks: new Map([
    [1n, task],
    [2n, taskOfBatches],
  ]),
};

function single(id: Hex, unit: bigint): UnitsAttestation {
  const data = unitInput(unitSeed(SEED, 1n, PROVER, unit), task);
  return {
    ...{ id, prover: PROVER, method: 1, modelId: MODEL, taskId: 1n, unit, count: 1, blockNumber: 1n },
    inputHash: tensorHash(tensorHeader(input), new Uint8Array(data.buffer)),
  };
}

/** Five units of task 2, from `unit` on. */
const batch = (id: Hex, unit: bigint): UnitsAttestation => ({
  ...{ id, prover: PROVER, method: 2, modelId: MODEL, taskId: 2n, unit, count: 5, blockNumber: 1n, inputHash: null },
});

const attestations = [
  ...[single(UID, 0n), single(REFUTED_UID, 1n), single(SECOND, 2n), single(HIDDEN, 3n), single(HIDDEN_TOO, 4n)],
  ...[batch(BATCH, 10n), batch(OVERLAPPING, 14n), batch(REFUTED_BATCH, 15n), batch(LONG_BATCH, 16n)],
];
const [VERIFIED, REFUTED] = [
  { attestedAt: 150, status: 2, verifiers: [] },
  { attestedAt: 150, status: 3, verifiers: [] },
];
const records = new Map<Hex, RegistryRecord>([
  [UID, { attestedAt: 110, status: 2, verifiers: [ANNE, BORIS] }],
  [REFUTED_UID, { ...REFUTED, attestedAt: 199 }],
  [SECOND, VERIFIED],
  [HIDDEN, REFUTED],
  [HIDDEN_TOO, REFUTED],
  [BATCH, VERIFIED],
  [OVERLAPPING, VERIFIED],
  [REFUTED_BATCH, REFUTED],
  [LONG_BATCH, VERIFIED],
]);

const entry = (seq: bigint, account: Address, reason: number, delta: bigint, subject = UID): LedgerEntry => ({
  ...{ seasonId: 1n, account, subject, reason, delta, seq },
});

const paid = entry(1n, PROVER, 1, 100n);
const shared = [entry(2n, ANNE, 2, 30n), entry(3n, BORIS, 2, 30n)];
const paidBatch = entry(1n, PROVER, 1, 35n, BATCH);
const burnedBatch = entry(2n, PROVER, 5, -35n, REFUTED_BATCH);
const burned = entry(4n, PROVER, 5, -100n, REFUTED_UID);

/** What differs from the season above. */
interface Differing {
  facts?: Partial<SeasonFacts["rules"]>;
  /** Of the attestation UID. */
  attestation?: Partial<UnitsAttestation>;
  record?: Partial<RegistryRecord> | undefined;
  /** What the prover owes; undefined leaves the ledger open. */
  owed?: bigint;
}

function audited(entries: readonly LedgerEntry[], differing: Differing = {}): { wrong: string[]; outcomes?: Outcomes } {
  const rules = createRules({ ...facts, rules: { ...facts.rules, ...differing.facts } });
  for (const each of attestations) rules.attested(each.id === UID ? { ...each, ...differing.attestation } : each);
  for (const each of entries) {
    const record = records.get(each.subject);
    rules.entered(each, record && { ...record, ...(each.subject === UID && differing.record) });
  }
  const { owed } = differing;
  if (owed === undefined) return { wrong: rules.wrong };
  const open = new Map(rules.unentered().map(({ id }) => [id, records.get(id) as RegistryRecord]));
  expect(rules.debtors(open)).to.deep.equal([PROVER]);
  const outcomes = rules.ended(open, new Map([[PROVER, owed]]));
  return { wrong: rules.wrong, outcomes };
}

describe("rules", () => {
  const faults: [string, string, LedgerEntry[], Differing?][] = [
    ["a subject that nobody stated", "which no event records for", [entry(1n, PROVER, 1, 100n, MODEL)]],
    ["a task that the season doesn't have", "no event records for a unit", [paid], { attestation: { taskId: 3n } }],
    ["another model", "whose model is", [paid], { attestation: { modelId: SEED } }],
    ["another method", "whose method is 2, not the task's 1", [paid], { attestation: { method: 2 } }],
    ["a unit beyond the cap", "whose unit 7 is beyond the 6 allowed", [paid], { attestation: { unit: 7n } }],
    ["an attestation before the seed", "outside the season", [paid], { record: { attestedAt: 109 } }],
    ["an attestation after the end", "outside the season", [paid], { record: { attestedAt: 200 } }],
    ["a pending attestation", "which is pending, not verified", [paid], { record: { status: 1 } }],
    ["a refuted attestation", "which is refuted, not verified", [paid], { record: { status: 3 } }],
    ["an input that wasn't assigned", `is for the input ${MODEL}; its`, [paid], { attestation: { inputHash: MODEL } }],
    ["another account", `the prover is ${PROVER}`, [entry(1n, STRANGER, 1, 100n)]],
    ["other points", "pays a unit of 100 points", [entry(1n, PROVER, 1, 101n)]],
    ["a unit paid twice", "paid before", [paid, ...shared, { ...paid, seq: 4n }]],
    ["a verifier that wasn't", "pays a verifier that", [paid, entry(2n, STRANGER, 2, 30n)]],
    ["a verifier paid twice", "nothing was due to", [paid, entry(2n, ANNE, 2, 30n), entry(3n, ANNE, 2, 20n)]],
    ["a verifier before its prover", "nothing was due to", [entry(1n, ANNE, 2, 30n)]],
    ["a larger share", "which is 30 points", [paid, entry(2n, ANNE, 2, 31n)]],
    ["a share above the cap", "which is 25 points", [paid, ...shared], { facts: { verifierCap: 25n } }],
    ["a share too few", `but ${BORIS}, who verified it, didn't get its 30`, [paid, shared[0] as LedgerEntry, burned]],
    ["a reason that no rule knows", "has the reason 9", [entry(1n, PROVER, 9, 1n)]],
    ["a penalty for what is verified", "which is verified, not refuted", [entry(1n, PROVER, 5, -1n)]],
    ["a penalty for another", "the prover is", [entry(1n, ANNE, 5, -1n, REFUTED_UID)]],
    ["a second penalty", "a second time", [paid, ...shared, burned, { ...burned, seq: 5n }]],
    ["a larger penalty", "more than the penalty of 1000", [entry(1n, PROVER, 5, -1001n, REFUTED_UID)]],
    ["a smaller penalty", "takes 100 here", [paid, ...shared, entry(4n, PROVER, 5, -99n, REFUTED_UID)]],
    ["one unit's points for a batch", "pays 5 units of 7 points", [entry(1n, PROVER, 1, 7n, BATCH)]],
    ["a batch of another account", `the prover is ${PROVER}`, [entry(1n, ANNE, 1, 35n, BATCH)]],
    ["a batch in part beyond the cap", "whose unit 20 is beyond", [entry(1n, PROVER, 1, 35n, LONG_BATCH)]],
    [
      "a batch with a unit paid before",
      `a unit that was paid before or is dead, for ${BATCH}`,
      [paidBatch, entry(2n, PROVER, 1, 35n, OVERLAPPING)],
    ],
    [
      "a batch with a dead unit",
      `a unit that was paid before or is dead, for ${REFUTED_BATCH}`,
      [paid, ...shared, entry(4n, PROVER, 5, -100n, REFUTED_BATCH), entry(5n, PROVER, 1, 35n, OVERLAPPING)],
    ],
    ["an award of a refuted batch", "which is refuted, not", [entry(1n, PROVER, 1, 35n, REFUTED_BATCH)]],
    ["a larger penalty for a batch", "the penalty of 350", [entry(1n, PROVER, 5, -351n, REFUTED_BATCH)]],
    ["a verifier of a batch", "pays a verifier that", [entry(1n, ANNE, 2, 4n, BATCH)]],
    ["too much collected", "collects more than the 100", [paid, entry(2n, PROVER, 5, -101n)]],
    [
      "a debt taken from an account with points",
      "had 35 points, so it owed none",
      [paidBatch, { ...paid, seq: 2n }, entry(3n, PROVER, 5, -1n)],
    ],
    [
      "a debt that isn't taken",
      "(100 points to 0x0000000000000000000000000000000000000002) takes nothing of the 315 points that are owed",
      [paidBatch, burnedBatch, { ...paid, seq: 3n }, ...shared],
    ],
    [
      "a debt that is taken in part",
      "collects less than the 100 that are owed",
      [paidBatch, burnedBatch, { ...paid, seq: 3n }, entry(4n, PROVER, 5, -99n)],
    ],
  ];
  for (const [what, sentence, entries, differing] of faults)
    it(`refuses ${what}`, () => {
      expect(audited(entries, differing).wrong[0]).to.contain(sentence);
    });

  const collected = entry(2n, PROVER, 5, -100n);
  const debts: [string, LedgerEntry[], bigint][] = [
    ["less than the ledger's penalties", [paidBatch, burnedBatch], 314n],
    ["what no refuted attestation explains", [paidBatch, burnedBatch], 316n],
    ["less than was collected explains", [paid, collected, ...shared], 899n],
  ];
  for (const [what, entries, owed] of debts)
    it(`refuses a debt of ${what}`, () => {
      expect(audited(entries, { owed }).wrong[0]).to.contain(`${PROVER} paid `);
    });

  it("refuses an award at the end whose verifiers got nothing", () => {
    expect(audited([paid], { owed: 0n }).wrong).to.have.length(2);
  });

  it("refuses base inputs of another root", () => {
    const wrong = { ...task, inputs: inputs.with(0, 9) };
    expect(checkTasks({ ...facts, tasks: new Map([[1n, wrong]]) })[0]).to.contain(
      "Task 1 has base inputs with the root",
    );
  });

  it("finds nothing wrong in what the campaign does", () => {
    const good: [LedgerEntry[], bigint][] = [
      [[paid, ...shared, burned], 900n],
      // Refuted while the prover had no points: no entry tells of it until an award pays.
      [[paid, collected, ...shared], 900n],
      [[paid, collected, ...shared], 1_900n],
      [[paidBatch, burnedBatch], 315n],
      [[paidBatch, burnedBatch, { ...paid, seq: 3n }, entry(4n, PROVER, 5, -100n), ...shared], 215n],
    ];
    for (const [entries, owed] of good) expect(audited(entries, { owed }).wrong).to.deep.equal([]);
    expect(checkTasks(facts)).to.deep.equal([]);
  });

  it("counts what became of attestations that earned nothing", () => {
    const { outcomes } = audited([paid, ...shared, burned], { owed: 900n });
    expect(outcomes).to.deep.equal({ burned: 1, unburned: 3, unawarded: 3, owed: 900n });
  });
});
