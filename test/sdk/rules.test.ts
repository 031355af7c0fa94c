import { expect } from "chai";
import { type Address, getAddress, type Hex, keccak256 } from "viem";
import type { RecordedAttestation, RecordedBatch, RecordedSingle } from "../../sdk/attestations.ts";
import { type LedgerEntry, tensorHash, unitSeed, ZERO_HASH } from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { INT8, type TensorSpec, tensorHeader } from "../../sdk/layouts.ts";
import { checkEntries, checkInputs, checkTasks, type SeasonFacts, type SeasonTask } from "../../sdk/rules.ts";
import { orderedTree } from "../../sdk/tree.ts";
import { unitInput } from "../../sdk/units.ts";

const accountOf = (n: number): Address => getAddress(`0x${(n + 1).toString(16).padStart(40, "0")}`);
const [CAMPAIGN, PROVER, ANNE, BORIS, STRANGER] = [90, 1, 2, 3, 4].map(accountOf) as [
  Address,
  Address,
  Address,
  Address,
  Address,
];
const MODEL = keccak256("0x01");
const SEED = keccak256("0x02");
const UID = keccak256("0x03");
const REFUTED_UID = keccak256("0x04");
const [BATCH, OVERLAPPING, REFUTED_BATCH, LONG_BATCH] = [5, 6, 7, 8].map((n) => keccak256(`0x0${n}`)) as [
  Hex,
  Hex,
  Hex,
  Hex,
];
const input: TensorSpec = { name: "x", dtype: INT8, dims: [1, 4] };
const inputs = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);

const task: SeasonTask = {
  ...{ seasonId: 1n, taskId: 1n, modelId: MODEL, method: 1, points: 100n, unitsPerAccount: 3, noise: 2 },
  ...{ inputCount: 2, inputSetRoot: orderedTree([inputs.subarray(0, 4), inputs.subarray(4)]).root, inputs, input },
};

function recorded(uid: Hex, unit: bigint, change: Partial<RecordedSingle["message"]> = {}): RecordedSingle {
  const data = unitInput(unitSeed(SEED, 1n, PROVER, unit), task);
  const message = {
    ...{ prover: PROVER, method: 1, modelId: MODEL, answer: ZERO_HASH },
    context: unitContext({ campaign: CAMPAIGN, seasonId: 1n, taskId: 1n, unit }),
    inputHash: tensorHash(tensorHeader(input), new Uint8Array(data.buffer)),
    ...change,
  };
  return { kind: "single", id: uid, message, answer: undefined, blockNumber: 1n, transactionHash: ZERO_HASH };
}

/** Five units of task 2, from `unit` on. */
function batched(id: Hex, unit: bigint): RecordedBatch {
  const context = unitContext({ campaign: CAMPAIGN, seasonId: 1n, taskId: 2n, unit });
  const message = { prover: PROVER, method: 2, modelId: MODEL, context, count: 5, root: ZERO_HASH };
  return { kind: "batch", id, message, blockNumber: 1n, transactionHash: ZERO_HASH };
}

function facts(change: Partial<SeasonFacts> = {}, attestation: Partial<RecordedSingle["message"]> = {}): SeasonFacts {
  return {
    ...{ campaign: CAMPAIGN, seasonId: 1n },
    rules: { startsAt: 100, endsAt: 200, seededAt: 110, seed: SEED, verifierCap: 50n },
    tasks: new Map([
      [1n, task],
      [2n, { ...task, taskId: 2n, method: 2, points: 7n, unitsPerAccount: 20 }],
    ]),
    attestations: new Map<Hex, RecordedAttestation>([
      [UID, recorded(UID, 0n, attestation)],
      [REFUTED_UID, recorded(REFUTED_UID, 1n)],
      [BATCH, batched(BATCH, 10n)],
      [OVERLAPPING, batched(OVERLAPPING, 14n)],
      [REFUTED_BATCH, batched(REFUTED_BATCH, 15n)],
      [LONG_BATCH, batched(LONG_BATCH, 16n)],
    ]),
    records: new Map([
      [UID, { attestedAt: 110, status: 2 }],
      [REFUTED_UID, { attestedAt: 199, status: 3 }],
      [BATCH, { attestedAt: 150, status: 2 }],
      [OVERLAPPING, { attestedAt: 150, status: 2 }],
      [REFUTED_BATCH, { attestedAt: 150, status: 3 }],
      [LONG_BATCH, { attestedAt: 150, status: 2 }],
    ]),
    verifiers: new Map([[UID, [ANNE, BORIS]]]),
    ...change,
  };
}

const entry = (seq: bigint, account: Address, reason: number, delta: bigint, subject = UID): LedgerEntry => ({
  ...{ seasonId: 1n, account, subject, reason, delta, seq },
});

const paid = entry(1n, PROVER, 1, 100n);
const shared = [entry(2n, ANNE, 2, 30n), entry(3n, BORIS, 2, 30n)];
const paidBatch = entry(1n, PROVER, 1, 35n, BATCH);
const burnedBatch = entry(2n, PROVER, 5, -35n, REFUTED_BATCH);
const burned = entry(4n, PROVER, 5, -100n, REFUTED_UID);

describe("rules", () => {
  const records = (attestedAt: number, status: number) => new Map([[UID, { attestedAt, status }]]);
  const faults: [string, string, LedgerEntry[], SeasonFacts][] = [
    ["a subject that nobody stated", "which no event recorded", [entry(1n, PROVER, 1, 100n, MODEL)], facts()],
    ["a free attestation", "not for a unit of this season", [paid], facts({}, { context: ZERO_HASH })],
    ["another season's unit", "not for a unit of this season", [paid], facts({ seasonId: 2n })],
    ["another campaign's unit", "not for a unit of this season", [paid], facts({ campaign: STRANGER })],
    ["another model", "whose model is", [paid], facts({}, { modelId: SEED })],
    ["another method", "whose method is 2, not the task's 1", [paid], facts({}, { method: 2 })],
    ["a unit beyond the cap", "whose unit 7 is beyond the 3 allowed", [paid], facts({ attestations: beyond() })],
    ["an attestation before the seed", "outside the season", [paid], facts({ records: records(109, 2) })],
    ["an attestation after the end", "outside the season", [paid], facts({ records: records(200, 2) })],
    ["a pending attestation", "which is pending, not verified", [paid], facts({ records: records(150, 1) })],
    ["a refuted attestation", "which is refuted, not verified", [paid], facts({ records: records(150, 3) })],
    ["another account", `the prover is ${PROVER}`, [entry(1n, STRANGER, 1, 100n)], facts()],
    ["other points", "pays a unit of 100 points", [entry(1n, PROVER, 1, 101n)], facts()],
    ["a unit paid twice", "paid before", [paid, { ...paid, seq: 2n }], facts()],
    ["a verifier that wasn't", "pays a verifier that", [paid, entry(2n, STRANGER, 2, 30n)], facts()],
    ["a verifier paid twice", "a second time", [paid, entry(2n, ANNE, 2, 30n), entry(3n, ANNE, 2, 20n)], facts()],
    ["a larger share", "which is 30 points", [paid, entry(2n, ANNE, 2, 31n)], facts()],
    ["a share above the cap", "which is 25 points", shared, facts({ rules: { ...facts().rules, verifierCap: 25n } })],
    ["a reason that no rule knows", "has the reason 9", [entry(1n, PROVER, 9, 1n)], facts()],
    ["a penalty for what is verified", "which is verified, not refuted", [entry(1n, PROVER, 5, -1n)], facts()],
    ["a penalty for another", "the prover is", [entry(1n, ANNE, 5, -1n, REFUTED_UID)], facts()],
    ["a second penalty", "a second time", [burned, { ...burned, seq: 5n }], facts()],
    ["a larger penalty", "ten times the unit's 100", [entry(1n, PROVER, 5, -1001n, REFUTED_UID)], facts()],
    ["one unit's points for a batch", "pays 5 units of 7 points", [entry(1n, PROVER, 1, 7n, BATCH)], facts()],
    ["a batch of another account", `the prover is ${PROVER}`, [entry(1n, ANNE, 1, 35n, BATCH)], facts()],
    ["a batch in part beyond the cap", "whose unit 20 is beyond", [entry(1n, PROVER, 1, 35n, LONG_BATCH)], facts()],
    [
      "a batch with a unit paid before",
      `a unit that was paid before or is dead, for ${BATCH}`,
      [paidBatch, entry(2n, PROVER, 1, 35n, OVERLAPPING)],
      facts(),
    ],
    [
      "a batch with a dead unit",
      `a unit that was paid before or is dead, for ${REFUTED_BATCH}`,
      [burnedBatch, entry(3n, PROVER, 1, 35n, OVERLAPPING)],
      facts(),
    ],
    ["an award of a refuted batch", "which is refuted, not", [entry(1n, PROVER, 1, 35n, REFUTED_BATCH)], facts()],
    ["a larger penalty for a batch", "each of 5 units' 7", [entry(1n, PROVER, 5, -351n, REFUTED_BATCH)], facts()],
    ["a verifier of a batch", "pays a verifier that", [entry(1n, ANNE, 2, 4n, BATCH)], facts()],
    ["too much collected", "collects more than the 100", [paid, entry(2n, PROVER, 5, -101n)], facts()],
  ];
  for (const [what, sentence, entries, known] of faults)
    it(`refuses ${what}`, () => {
      expect(checkEntries(entries, known)[0]).to.contain(sentence);
    });

  it("refuses base inputs of another root", () => {
    const wrong = { ...task, inputs: inputs.with(0, 9) };
    expect(checkTasks(facts({ tasks: new Map([[1n, wrong]]) }))[0]).to.contain("Task 1 has base inputs with the root");
  });

  it("refuses an input that wasn't assigned", () => {
    expect(checkInputs([paid], facts({}, { inputHash: MODEL }))[0]).to.contain(`awarded for the input ${MODEL}`);
  });

  it("finds nothing wrong in what the campaign does", () => {
    const collected = [paid, entry(2n, PROVER, 5, -100n), { ...shared[0], seq: 3n }, burned] as LedgerEntry[];
    for (const entries of [[paid, ...shared, burned], collected, [paidBatch, burnedBatch]]) {
      expect(checkEntries(entries, facts())).to.deep.equal([]);
      expect(checkInputs(entries, facts())).to.deep.equal([]);
    }
    expect(checkTasks(facts())).to.deep.equal([]);
  });
});

function beyond(): SeasonFacts["attestations"] {
  return new Map([[UID, recorded(UID, 7n)]]);
}
