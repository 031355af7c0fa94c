import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { type Hex, hexToBytes } from "viem";
import { forward } from "../../inference/integer.ts";
import { disputeRow, disputeUnit, findWrongRow, type WrongRow } from "../../inference/methods/fraudProof/dispute.ts";
import { buildBatch, buildTraced, traceOf } from "../../inference/methods/fraudProof/evidence.ts";
import type { Batch } from "../../sdk/commitments.ts";
import { unitSeed } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { encodeLayout } from "../../sdk/layouts.ts";
import { leavesOf } from "../../sdk/tree.ts";
import { showInput, unitInput } from "../../sdk/units.ts";
import {
  addressOf,
  BOND_PER_ATTESTATION,
  BOND_PER_UNIT,
  ETHER,
  hash,
  integerLayout,
  protocol,
  rowsOf,
  WINDOW,
} from "./fixtures.ts";
import { bases, contextOf, inputs, runSeason } from "./seasons.ts";

/** FraudProof's number in these tests, and its task. */
export const FRAUD = 3;
export const FRAUD_TASK = 3n;
export const FRAUD_UNITS = 600;

/** What an attestation of `count` units locks. */
export const bondFor = (count: number): bigint => BOND_PER_ATTESTATION + BigInt(count) * BOND_PER_UNIT;

export const layout = encodeLayout(integerLayout);
export const layers = rowsOf(integerLayout.widths);

/** A running season whose task 3 is FraudProof's; prover and other have bonds for many units. */
export async function fraudProtocol(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await protocol(ethers);
  await p.registry.addMethod(p.fraud);
  const season = await runSeason(p, helpers, [{ method: FRAUD, unitsPerAccount: FRAUD_UNITS }]);
  for (const account of [p.prover, p.other]) await p.bonds.deposit(p.fraud, account, { value: ETHER });
  return { ...p, ...season, helpers };
}

export type Fraud = Awaited<ReturnType<typeof fraudProtocol>>;

const task = { inputs: hexToBytes(inputs), inputCount: bases.length, noise: 100 };

const seedOf = ({ seed }: Fraud, account: HardhatEthersSigner, unit: number) =>
  unitSeed(seed, FRAUD_TASK, account.address as Hex, BigInt(unit));

/** What the model gives for a unit of an account: A_0 to A_L. */
export const honest = (p: Fraud, account: HardhatEthersSigner, unit: number): Uint8Array =>
  traceOf(forward(layers, unitInput(seedOf(p, account, unit), task)));

/** The assigned input of a unit, with what proves it. */
export const shown = (p: Fraud, account: HardhatEthersSigner, unit: number) =>
  showInput(seedOf(p, account, unit), task, integerLayout.input);

/** A copy with one byte moved to another value. */
export const changed = (bytes: Uint8Array, at: number, by = 1): Uint8Array =>
  bytes.map((byte, i) => (i === at ? byte + by : byte));

/** An account's attestation of one run: a free one by default. */
export const singleOf = (p: Fraud, account: HardhatEthersSigner, trace: Uint8Array, context: Hex = FREE_CONTEXT) => ({
  trace,
  ...buildTraced(layout, {
    ...{ prover: account.address as Hex, method: FRAUD, modelId: p.integerModel, context },
    ...{ salt: hash("salt"), trace },
  }),
});

export type Single = ReturnType<typeof singleOf>;

/** Records a single attestation; returns its uid. */
export async function attestSingle({ registry }: Fraud, account: HardhatEthersSigner, single: Single) {
  const { attestation, answer, evidence } = single;
  const { method, modelId, inputHash, context } = attestation;
  await registry.connect(account).attest(method, modelId, inputHash, context, answer, evidence);
  return (await registry.uidOf(attestation)) as Hex;
}

/** An account's batch of `count` units from `first` on, whose leaves `change` may spoil. */
export async function batchOf(
  p: Fraud,
  account: HardhatEthersSigner,
  first: number,
  count: number,
  change = (leaf: Uint8Array, _index: number) => leaf,
) {
  const inputLength = integerLayout.widths[0] as number;
  const leaves = Array.from({ length: count }, (_, i) => change(honest(p, account, first + i).slice(inputLength), i));
  const context = await contextOf(p, FRAUD_TASK, BigInt(first));
  const common = { prover: account.address as Hex, method: FRAUD, modelId: p.integerModel, context };
  return { leaves, ...buildBatch(common, leaves) };
}

export type Made = Awaited<ReturnType<typeof batchOf>>;

/** Records a batch; returns its id. */
export async function attestBatch({ registry }: Fraud, account: HardhatEthersSigner, { batch, traces }: Made) {
  const { method, modelId, context, count } = batch;
  await registry.connect(account).attestBatch(method, modelId, context, count, layout, traces);
  return (await registry.batchIdOf(batch)) as Hex;
}

/** Arguments of `refuteBatch` for a row of a unit, with its assigned input. */
export const disputed = (
  p: Fraud,
  account: HardhatEthersSigner,
  { batch, traces }: { batch: Batch; traces: Hex },
  index: number,
  place: Pick<WrongRow, "layer" | "row">,
  first = 0,
) =>
  [
    batch,
    disputeUnit(leavesOf(hexToBytes(traces), batch.count), index, shown(p, account, first + index)),
    disputeRow(layout, layers, place),
  ] as const;

/** The first wrong row of a single's trace. */
export const wrongRow = (trace: Uint8Array): WrongRow => {
  const found = findWrongRow(layers, trace);
  if (!found) throw new Error("No row of the trace is wrong.");
  return found;
};

/** Lets the window pass. */
export const passWindow = ({ helpers }: Fraud) => helpers.time.increase(WINDOW);

/** Records a batch and settles it Verified. */
export async function verifiedBatch(p: Fraud, account: HardhatEthersSigner, first: number, count: number) {
  const made = await batchOf(p, account, first, count);
  const id = await attestBatch(p, account, made);
  await passWindow(p);
  await p.fraud.settle(id);
  return { ...made, id };
}

/** Records a batch whose first unit's first output is wrong, and refutes it. */
export async function refutedBatch(p: Fraud, account: HardhatEthersSigner, first: number, count: number) {
  const made = await batchOf(p, account, first, count, (leaf, i) => (i === 0 ? changed(leaf, leaf.length - 1) : leaf));
  const id = await attestBatch(p, account, made);
  await p.fraud.connect(p.accounts[0]).refuteBatch(...disputed(p, account, made, 0, { layer: 1, row: 1 }, first));
  return { ...made, id };
}

/** The registry's domain for ethers' signers. */
export const signingDomain = ({ registry }: Pick<Fraud, "registry">) => ({
  name: "Proofboard",
  version: "1",
  chainId: 31337,
  verifyingContract: addressOf(registry),
});
