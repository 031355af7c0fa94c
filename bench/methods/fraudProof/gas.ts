import { type Hex, hexToBytes } from "viem";
import { disputeRow, disputeUnit, findWrongRow } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildBatch, buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { fraudProof } from "../../../sdk/methods/fraudProof.ts";
import { leavesOf } from "../../../sdk/tree.ts";
import { addressOf, ETHER, hash } from "../../../test/contracts/fixtures.ts";
import type { FraudProof } from "../../../types/ethers-contracts/index.ts";
import { gasOf, runSeason, type SeasonModel, type Site } from "../../site.ts";
import type { Gas } from "../method.ts";

const { id: METHOD } = fraudProof;
/** Units in a batch. */
const BATCH = 256;

/** Gas of batches, awards and refutations, in a season of three models' tasks. */
export async function measure(site: Site, contract: FraudProof): Promise<Gas> {
  await site.bonds.deposit(contract, site.prover, { value: 10n * ETHER });
  const season = await runSeason(site, METHOD);
  const [digits, middle, wide] = [season.digits, season.middle, season.wide].map((model) => proverOf(site, model)) as [
    Prover,
    Prover,
    Prover,
  ];
  /** Lets the window pass and settles an attestation. */
  const settle = async (id: Hex) => {
    await site.networkHelpers.time.increase(await contract.window());
    await contract.settle(id);
  };
  return {
    ...(await batches(site, digits, settle)),
    ...(await refuting(site, contract, { digits, middle, wide })),
  };
}

/** The prover's attestations of a model's units. */
function proverOf({ registry, prover }: Site, model: SeasonModel) {
  const { layout, layers, modelId, width, contextOf, inputOf, activationsOf } = model;
  const common = { prover: addressOf(prover), method: METHOD, modelId };
  const traceOfUnit = (unit: number) => traceOf(activationsOf(unit));
  /** Its batch, not recorded; `spoil` may change a unit's leaf. */
  const batchOf = (first: number, count: number, spoil = (leaf: Uint8Array, _index: number) => leaf) => {
    const leaves = Array.from({ length: count }, (_, k) => spoil(traceOfUnit(first + k).slice(width), k));
    return buildBatch({ ...common, context: contextOf(first) }, leaves);
  };
  return {
    ...model,
    ...{ traceOfUnit, batchOf },
    /** Its attestation of a trace, recorded. */
    async attestSingle(trace: Uint8Array, context: Hex = FREE_CONTEXT) {
      const made = buildTraced(layout, { ...common, context, salt: hash(`${context}`), trace });
      const { inputHash } = made.attestation;
      await registry.connect(prover).attest(METHOD, modelId, inputHash, context, made.answer, made.evidence);
      return { ...made, uid: (await registry.uidOf(made.attestation)) as Hex };
    },
    /** Records a batch. */
    async attestBatch({ batch, traces }: ReturnType<typeof batchOf>) {
      const { context, count } = batch;
      const sent = await registry.connect(prover).attestBatch(METHOD, modelId, context, count, layout, traces);
      return { id: (await registry.batchIdOf(batch)) as Hex, gas: await gasOf(sent) };
    },
    /** Arguments of `refuteBatch` for the first wrong row of a unit. */
    disputeOf({ batch, traces }: ReturnType<typeof batchOf>, first: number, index: number) {
      const leaves = leavesOf(hexToBytes(traces), batch.count);
      const input = traceOfUnit(first + index).slice(0, width);
      const wrong = findWrongRow(layers, Uint8Array.from([...input, ...(leaves[index] as Uint8Array)]));
      if (wrong === undefined) throw new Error(`No row of unit ${index} is wrong.`);
      const unit = disputeUnit(leaves, index, inputOf(first + index));
      return [batch, unit, disputeRow(layout, layers, wrong)] as const;
    },
  };
}

type Prover = ReturnType<typeof proverOf>;
type Settle = (id: Hex) => Promise<void>;

/** Units of `digits`: a batch of 256 by the unit, then one in a word of the bitmap that was used, for an account with points. */
async function batches({ campaign, prover, other }: Site, digits: Prover, settle: Settle): Promise<Gas> {
  const large = digits.batchOf(0, BATCH);
  const attested = await digits.attestBatch(large);
  await settle(attested.id);
  const awarded = await campaign.connect(other).awardBatch(prover, large.batch);
  for (const unit of [BATCH, BATCH + 1]) await settle((await digits.attestBatch(digits.batchOf(unit, 1))).id);
  await campaign.awardBatch(prover, digits.batchOf(BATCH, 1).batch);
  const one = await campaign.connect(other).awardBatch(prover, digits.batchOf(BATCH + 1, 1).batch);

  const unit = BATCH + 2;
  const single = await digits.attestSingle(digits.traceOfUnit(unit), digits.contextOf(unit));
  await settle(single.uid);
  const shown = await campaign.connect(other).award(prover, single.attestation, digits.inputOf(unit));
  return {
    "batch-256-per-unit": Math.ceil(attested.gas / BATCH),
    "batch-award-256-per-unit": Math.ceil((await gasOf(awarded)) / BATCH),
    "award-existing": await gasOf(one),
    "award-with-input": await gasOf(shown),
  };
}

/** One wrong row of the first layer: of single attestations, and of a batch's unit, whose input is derived. */
async function refuting(
  { other }: Site,
  contract: FraudProof,
  { digits, middle, wide }: Record<"digits" | "middle" | "wide", Prover>,
): Promise<Gas> {
  const refute = async (model: Prover, unit: number): Promise<number> => {
    const trace = model.traceOfUnit(unit);
    trace[model.width + 2] = (trace[model.width + 2] as number) + 1;
    const { attestation, answer } = await model.attestSingle(trace);
    const row = disputeRow(model.layout, model.layers, { layer: 0, row: 2 });
    return gasOf(await contract.connect(other).refute(attestation, answer, trace, row));
  };
  // A challenger's first reward takes a new slot, for any model.
  await refute(digits, 1);
  const rows: Gas = {};
  for (const model of [digits, middle, wide]) rows[`refute-row-${model.width}`] = await refute(model, 0);
  const spoiled = wide.batchOf(0, 4, (leaf, i) => leaf.map((byte, at) => (i === 1 && at === 2 ? byte + 1 : byte)));
  await wide.attestBatch(spoiled);
  const derived = await contract.connect(other).refuteBatch(...wide.disputeOf(spoiled, 0, 1));
  return { ...rows, "refute-row-1024-derived": await gasOf(derived) };
}
