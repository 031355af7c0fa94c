import { network } from "hardhat";
import { type Hex, hexToBytes } from "viem";
import { forward } from "../inference/integer.ts";
import { disputeRow, disputeUnit, findWrongRow } from "../inference/methods/fraudProof/dispute.ts";
import { buildBatch, buildTraced, traceOf } from "../inference/methods/fraudProof/evidence.ts";
import { readModel } from "../models/read.ts";
import { unitSeed } from "../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../sdk/contexts.ts";
import { decodeLayout, decodeRows, encodeLayout, encodeRows, INT8, type Row } from "../sdk/layouts.ts";
import { leavesOf } from "../sdk/tree.ts";
import { showInput, unitInput } from "../sdk/units.ts";
import { addressOf, ETHER, hash, protocol, publication, rowsOf } from "../test/contracts/fixtures.ts";

/** FraudProof's number here, after Quorum and the mock; its window in seconds. */
const FRAUD = 3;
const WINDOW = 600;
const NOISE = 8;

/** An integer model's bytes and base inputs. */
interface Source {
  layout: Uint8Array;
  layers: Row[][];
  inputs: Uint8Array;
}

/** The committed model. */
async function digits(): Promise<Source> {
  const { layout, rows, inputs } = await readModel("digits");
  return { layout, layers: decodeRows(decodeLayout(layout).widths, rows), inputs };
}

/** A model with a first layer of this width and rows that are no constants. */
function dense(width: number): Source {
  const widths = [width, 32, 10];
  const layout = encodeLayout({
    widths,
    input: { name: "input", dtype: INT8, dims: [1, width] },
    output: { name: "output", dtype: INT8, dims: [1, 10] },
  });
  return { layout, layers: rowsOf(widths), inputs: Uint8Array.from({ length: 64 * width }, (_, i) => 37 * i) };
}

/** One chain in this process with the contracts, and these models' tasks under FraudProof in a running season. */
export async function createBoard() {
  const { ethers, networkHelpers } = await network.create();
  const p = await protocol(ethers);
  const { campaign, registry, prover } = p;
  const account = addressOf(prover);
  const fraud = await ethers.deployContract("FraudProof", [campaign, p.bonds, WINDOW, ETHER / 1000n]);
  await registry.addMethod(fraud);
  await p.bonds.deposit(fraud, prover, { value: 10n * ETHER });

  const startsAt = (await networkHelpers.time.latest()) + 1000;
  const organised = campaign.connect(p.organiser);
  await organised.draft(startsAt, startsAt + 100_000, startsAt + 200_000, 0);
  const sources = await Promise.all([digits(), dense(256), dense(1024)]);
  const modelIds: Hex[] = [];
  for (const { layout, layers, inputs } of sources) {
    const rows = encodeRows(layers);
    const modelId = (await p.models.publish.staticCall(publication, layout, rows, "")) as Hex;
    await p.models.publish(publication, layout, rows, "");
    const rules = { modelId, method: FRAUD, points: 10, unitsPerAccount: 4096, noise: NOISE };
    await organised.addTask(1, rules, layout, inputs);
    modelIds.push(modelId);
  }
  await organised.open(1, "");
  await networkHelpers.mine(3);
  await campaign.seed(1);
  await networkHelpers.time.increaseTo(startsAt);
  const seed = (await campaign.seasonOf(1)).seed as Hex;

  const models = sources.map((source, i) => {
    const { layout, layers, inputs } = source;
    const modelId = modelIds[i] as Hex;
    const taskId = BigInt(i + 1);
    const spec = decodeLayout(layout);
    const width = spec.widths[0] as number;
    const task = { inputs, inputCount: inputs.length / width, noise: NOISE };
    const contextOf = (unit: number) =>
      unitContext({ campaign: addressOf(campaign), seasonId: 1n, taskId, unit: BigInt(unit) });
    const seedOf = (unit: number) => unitSeed(seed, taskId, account, BigInt(unit));
    const traceOfUnit = (unit: number) => traceOf(forward(layers, unitInput(seedOf(unit), task)));
    const claim = { prover: account, method: FRAUD, modelId };
    /** The prover's attestation of a trace, recorded. */
    const attestSingle = async (trace: Uint8Array, context: Hex = FREE_CONTEXT) => {
      const made = buildTraced(layout, { ...claim, context, salt: hash(`${context}`), trace });
      const { inputHash } = made.attestation;
      await registry.connect(prover).attest(FRAUD, modelId, inputHash, context, made.answer, made.evidence);
      return { ...made, trace, uid: (await registry.uidOf(made.attestation)) as Hex };
    };
    /** The prover's batch, not recorded; `spoil` may change a unit's leaf. */
    const batchOf = (first: number, count: number, spoil = (leaf: Uint8Array, _index: number) => leaf) => {
      const leaves = Array.from({ length: count }, (_, k) => spoil(traceOfUnit(first + k).slice(width), k));
      return buildBatch({ ...claim, context: contextOf(first) }, leaves);
    };
    const attestBatch = async ({ batch, traces }: ReturnType<typeof batchOf>) => {
      const { context, count } = batch;
      const sent = await registry.connect(prover).attestBatch(FRAUD, modelId, context, count, layout, traces);
      return { id: (await registry.batchIdOf(batch)) as Hex, gas: await gasOf(sent) };
    };
    /** Arguments of `refuteBatch` for the first wrong row of a unit. */
    const disputeOf = ({ batch, traces }: ReturnType<typeof batchOf>, first: number, index: number) => {
      const leaves = leavesOf(hexToBytes(traces), batch.count);
      const input = traceOfUnit(first + index).slice(0, width);
      const place = findWrongRow(layers, Uint8Array.from([...input, ...(leaves[index] as Uint8Array)]));
      if (place === undefined) throw new Error(`No row of unit ${index} is wrong.`);
      const unit = disputeUnit(leaves, index, showInput(seedOf(first + index), task, spec.input));
      return [batch, unit, disputeRow(layout, layers, place)] as const;
    };
    return {
      ...{ ...source, modelId, width, contextOf, traceOfUnit, attestSingle, batchOf, attestBatch, disputeOf },
      inputOf: (unit: number) => showInput(seedOf(unit), task, spec.input),
    };
  });
  type BenchModel = (typeof models)[number];
  const [small, middle, wide] = models as [BenchModel, BenchModel, BenchModel];
  /** Lets the window pass and settles an attestation. */
  const settle = async (id: Hex) => {
    await networkHelpers.time.increase(WINDOW);
    await fraud.settle(id);
  };
  return { ...p, ethers, fraud, settle, digits: small, middle, wide };
}

export type Board = Awaited<ReturnType<typeof createBoard>>;
export type BenchModel = Board["digits"];

/** Gas that a transaction used. */
export async function gasOf(sent: { wait(): Promise<{ gasUsed: bigint } | null> }): Promise<number> {
  const receipt = await sent.wait();
  if (receipt === null) throw new Error("The transaction was not mined.");
  return Number(receipt.gasUsed);
}
