import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { forward, MAX_WIDTH } from "../../../inference/integer.ts";
import { disputeRow, disputeUnit } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildBatch, buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { mostUnits } from "../../../participant/methods/fraudProof/attestUnits.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRows, INT8, type Layout } from "../../../sdk/layouts.ts";
import { showInput, unitInput } from "../../../sdk/units.ts";
import { addressOf, hash, publication, rowsOf } from "../fixtures.ts";
import { changed, FRAUD, type Fraud, fraudProtocol } from "../fraud.ts";
import { contextOf, rulesOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

/** What a transaction may use (EIP-7825), and the bytes that nodes pass on to each other. */
const MOST_GAS = 2 ** 24;
const MOST_BYTES = 131_072;
const MOST_LAYOUT = 8192;

/** A layout of these widths whose names fill it up to the most bytes that FraudProof takes, the input's name most. */
const fullLayout = (widths: number[]): Layout =>
  namedLayout(widths, MOST_LAYOUT + 1 - encodeLayout(namedLayout(widths, 1)).length);

const namedLayout = (widths: number[], length: number): Layout => ({
  widths,
  input: { name: "i".repeat(length), dtype: INT8, dims: [1, widths[0] as number] },
  output: { name: "o", dtype: INT8, dims: [1, widths.at(-1) as number] },
});

/** The dearest models to dispute that a publication can hold: widest rows, most layers, longest activations. */
const models: Record<string, number[]> = {
  "rows of the greatest width": [MAX_WIDTH, 25],
  "as many layers as a layout holds": Array(1980).fill(1),
  "the longest activations that can be published": [1, MAX_WIDTH, 1, MAX_WIDTH - 2, 1],
};

describe("FraudProof, whatever the model", () => {
  async function fixture() {
    return fraudProtocol(ethers, networkHelpers);
  }

  for (const [name, widths] of Object.entries(models)) {
    const [inputs, ...outputs] = widths as [number, ...number[]];
    const layers = rowsOf(widths);
    const layout = fullLayout(widths);
    const bytes = encodeLayout(layout);
    const rows = encodeRows(layers);

    const expectToFit = async (sent: Awaited<ReturnType<Fraud["fraud"]["refute"]>>) => {
      expect(bytes).to.have.length(MOST_LAYOUT);
      expect(Number((await sent.wait())?.gasUsed)).to.be.within(1, MOST_GAS);
      expect(sent.data.length / 2).to.be.within(1, MOST_BYTES);
    };

    it(`refutes the last row of an attestation within one transaction: ${name}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.models.publish(publication, bytes, rows, "");
      const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
      const modelId = published?.args.modelId as Hex;
      const honest = traceOf(forward(layers, new Int8Array(inputs).fill(-7)));
      const trace = changed(honest, honest.length - 1);
      const common = { prover: addressOf(p.prover), method: FRAUD, modelId, context: FREE_CONTEXT, salt: hash("salt") };
      const { attestation, answer, evidence } = buildTraced(bytes, { ...common, trace });
      await p.registry.connect(p.prover).attest(FRAUD, modelId, attestation.inputHash, FREE_CONTEXT, answer, evidence);
      const last = { layer: layers.length - 1, row: (outputs.at(-1) as number) - 1 };

      await expectToFit(await p.fraud.refute(attestation, answer, trace, disputeRow(bytes, layers, last)));
    });

    it(`refutes the first layer of a batch's unit within one transaction: ${name}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.models.publish(publication, bytes, rows, "");
      const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
      const modelId = published?.args.modelId as Hex;
      const task = { inputs: new Uint8Array(16 * inputs), inputCount: 16, noise: 100 };
      const seed = await runTask(p, { modelId, method: FRAUD, noise: task.noise }, bytes, task.inputs);
      const at = (outputs[0] as number) - 1;
      const leaves = [0n, 1n].map((unit) => {
        const input = unitInput(unitSeed(seed, 1n, addressOf(p.prover), unit), task);
        return changed(traceOf(forward(layers, input)).slice(inputs), at);
      });
      const common = { prover: addressOf(p.prover), method: FRAUD, modelId, context: await contextOf(p, 1n, 0n, 2n) };
      const { batch, traces } = buildBatch(common, leaves);
      await p.registry.connect(p.prover).attestBatch(FRAUD, modelId, batch.context, 2, bytes, traces);
      const input = showInput(unitSeed(seed, 1n, addressOf(p.prover), 1n), task, layout.input);

      await expectToFit(
        await p.fraud.refuteBatch(
          batch,
          disputeUnit(leaves, 1, input),
          disputeRow(bytes, layers, { layer: 0, row: at }),
        ),
      );
    });
  }

  it("takes the most of the smallest units that a participant puts in one transaction", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    // The bytes hold the most units of at most this width.
    const widths = [1, 12];
    const layers = rowsOf(widths);
    const bytes = encodeLayout(namedLayout(widths, 1));
    await p.models.publish(publication, bytes, encodeRows(layers), "");
    const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
    const modelId = published?.args.modelId as Hex;
    const count = mostUnits({ layers, publication: { layout: bytes } });
    await runTask(p, { modelId, method: FRAUD, unitsPerAccount: count }, bytes, new Uint8Array(1));
    const context = await contextOf(p, 1n, 0n, 2n);
    const traces = new Uint8Array(12 * count).fill(-7);

    const sent = await p.registry.connect(p.prover).attestBatch(FRAUD, modelId, context, count, bytes, traces);
    expect(count).to.equal(10_000);
    expect(Number((await sent.wait())?.gasUsed)).to.be.within(1, MOST_GAS);
    expect(sent.data.length / 2).to.be.within(1, MOST_BYTES - 200);
  });
});

/** Runs a second season of one task and returns its seed. */
async function runTask(p: Fraud, rules: object, layoutBytes: Uint8Array, inputs: Uint8Array): Promise<Hex> {
  const startsAt = (await networkHelpers.time.latest()) + 100;
  const campaign = p.campaign.connect(p.organiser);
  await campaign.draft(startsAt, startsAt + 5000, startsAt + 10_000, 0);
  await campaign.addTask(2, { ...rulesOf(p), ...rules }, layoutBytes, inputs);
  await campaign.open(2, "");
  await networkHelpers.mine(3);
  await campaign.seed(2);
  await networkHelpers.time.increaseTo(startsAt);
  return (await campaign.seasonOf(2)).seed as Hex;
}
