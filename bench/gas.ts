import { disputeRow } from "../inference/methods/fraudProof/dispute.ts";
import { answerHash, attestationTypes, domain, ZERO_HASH } from "../sdk/commitments.ts";
import { FREE_CONTEXT } from "../sdk/contexts.ts";
import { addressOf, hash } from "../test/contracts/fixtures.ts";
import { type BenchModel, type Board, createBoard, gasOf } from "./board.ts";
import { measureEas } from "./eas.ts";
import type { Measurement } from "./report.ts";

const BATCH = 256;

/** Gas of what people do here and, beside it, on EAS: on one EVM, by Osaka's rules. */
export async function gas(): Promise<Measurement[]> {
  const board = await createBoard();
  return [...(await measureOurs(board)), ...(await measureEas(board.ethers))];
}

/** Gas of what people do here. */
export async function measureOurs(board: Board): Promise<Measurement[]> {
  const ours = { ...(await attesting(board)), ...(await batches(board)), ...(await refuting(board)) };
  return Object.entries(ours).map(([name, value]) => ({ name, value, unit: "gas" }));
}

/** An open attestation without a method, made and relayed. */
async function attesting({ registry, prover, other, digits, ethers }: Board) {
  const { modelId } = digits;
  const answer = { outputHash: hash("output"), traceHash: ZERO_HASH, salt: hash("salt") };
  const attestation = {
    ...{ prover: addressOf(prover), method: 0, modelId, inputHash: hash("input"), context: FREE_CONTEXT },
    answer: answerHash(addressOf(prover), answer),
  };
  const { chainId } = await ethers.provider.getNetwork();
  const types = { Attestation: [...attestationTypes.Attestation] };
  const signature = await prover.signTypedData(domain(Number(chainId), addressOf(registry)), types, attestation);
  const own = await registry.connect(prover).attest(0, modelId, hash("own input"), FREE_CONTEXT, answer, "0x");
  const relayed = await registry.connect(other).attestBySig(attestation, answer, "0x", signature);
  return { attest: await gasOf(own), "attest-by-signature": await gasOf(relayed) };
}

/** Units of `digits`: a batch of 256 by the unit, then one in a word of the bitmap that was used, for an account with points. */
async function batches({ campaign, prover, other, digits, settle }: Board) {
  const large = digits.batchOf(0, BATCH);
  const attested = await digits.attestBatch(large);
  await settle(attested.id);
  const awarded = await campaign.connect(other).awardBatch(prover, large.batch);
  for (const unit of [BATCH, BATCH + 1]) await attestAndSettle(digits, settle, unit);
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

async function attestAndSettle(model: BenchModel, settle: Board["settle"], unit: number): Promise<void> {
  const { id } = await model.attestBatch(model.batchOf(unit, 1));
  await settle(id);
}

/** One wrong row of the first layer: of single attestations, and of a batch's unit, whose input is derived. */
async function refuting({ fraud, other, digits, middle, wide }: Board) {
  const refute = async (model: BenchModel, unit: number): Promise<number> => {
    const trace = model.traceOfUnit(unit);
    trace[model.width + 2] = (trace[model.width + 2] as number) + 1;
    const { attestation, answer } = await model.attestSingle(trace);
    const row = disputeRow(model.layout, model.layers, { layer: 0, row: 2 });
    return gasOf(await fraud.connect(other).refute(attestation, answer, trace, row));
  };
  // A challenger's first reward takes a new slot, whatever the model.
  await refute(digits, 1);
  const rows: Record<string, number> = {};
  for (const model of [digits, middle, wide]) rows[`refute-row-${model.width}`] = await refute(model, 0);
  const spoiled = wide.batchOf(0, 4, (leaf, i) => leaf.map((byte, at) => (i === 1 && at === 2 ? byte + 1 : byte)));
  await wide.attestBatch(spoiled);
  const derived = await fraud.connect(other).refuteBatch(...wide.disputeOf(spoiled, 0, 1));
  return { ...rows, "refute-row-1024-derived": await gasOf(derived) };
}
