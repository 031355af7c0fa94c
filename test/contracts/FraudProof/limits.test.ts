import { expect } from "chai";
import hre, { network } from "hardhat";
import { type Hex, parseGwei } from "viem";
import { forward, MAX_WIDTH } from "../../../inference/integer.ts";
import { disputeRow, disputeUnit } from "../../../inference/methods/fraudProof/dispute.ts";
import { buildBatch, buildTraced, traceOf } from "../../../inference/methods/fraudProof/evidence.ts";
import { mostUnits } from "../../../inference/methods/fraudProof/units.ts";
import { fraudProofDeployment } from "../../../scripts/methods/fraudProof.ts";
import { unitSeed } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { encodeLayout, encodeRows, INT8, type Layout } from "../../../sdk/layouts.ts";
import { showInput, unitInput } from "../../../sdk/units.ts";
import { addressOf, hash, publication, rowsOf } from "../fixtures.ts";
import { changed, FRAUD, type Fraud, fraudProtocol } from "../fraud.ts";
import { contextOf, rulesOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();
const { production } = fraudProofDeployment;

/** At this price of gas, half of one unit's bond on a public network pays for any refutation. */
const GAS_PRICE = parseGwei("20");

/** What a transaction may use (EIP-7825), and the bytes that nodes pass on to each other. */
const MOST_GAS = 2 ** 24;
const MOST_BYTES = 131_072;
const MOST_LAYOUT = 8192;
/** Bytes of a task's layout and base inputs. */
const MOST_TASK = 120_000;

/** A layout of these widths whose names fill it up to the most bytes that FraudProof takes, the input's name most. */
const fullLayout = (widths: number[]): Layout =>
  namedLayout(widths, MOST_LAYOUT + 1 - encodeLayout(namedLayout(widths, 1)).length);

const namedLayout = (widths: number[], length: number): Layout => ({
  widths,
  input: { name: "i".repeat(length), dtype: INT8, dims: [widths[0] as number] },
  output: { name: "o", dtype: INT8, dims: widths.at(-1) === 1 ? [] : [widths.at(-1) as number] },
});

/** The most layers whose widths fit a layout beside the shortest names, and the most rows that can be published. */
const MOST_LAYERS = 2016;
const MOST_ROWS = 8192;

/** The dearest models to dispute that a publication can hold. */
const models: Record<string, number[]> = {
  "rows of the greatest width": [MAX_WIDTH, 25],
  "as many layers as a layout holds": Array(MOST_LAYERS + 1).fill(1),
  "the longest activations that can be published": [1, MAX_WIDTH, 1, MAX_WIDTH - 2, 1],
  "all of these at once": [
    ...[MAX_WIDTH, ...Array(MOST_LAYERS - 4).fill(1)],
    ...[MAX_WIDTH, 1, MOST_ROWS - MAX_WIDTH - (MOST_LAYERS - 2), 1],
  ],
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
      // Coverage instruments the contracts, which then cost more.
      if (hre.globalOptions.coverage) return;
      const reward = (production.bondPerAttestation + production.bondPerUnit) / 2n;
      expect(((await sent.wait())?.gasUsed as bigint) * GAS_PRICE).to.be.at.most(reward);
    };

    it(`refutes the last of the widest rows of an attestation within one transaction, for less than it earns: ${name}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.models.publish(publication, bytes, rows, "");
      const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
      const modelId = published?.args.modelId as Hex;
      const honest = traceOf(forward(layers, new Int8Array(inputs).fill(-7)));
      const layer = widths.lastIndexOf(Math.max(...widths.slice(0, -1)), -2);
      const row = (widths[layer + 1] as number) - 1;
      const trace = changed(
        honest,
        widths.slice(0, layer + 1).reduce((sum, width) => sum + width, row),
      );
      const common = { prover: addressOf(p.prover), method: FRAUD, modelId, context: FREE_CONTEXT, salt: hash("salt") };
      const { attestation, answer, evidence } = buildTraced(bytes, { ...common, trace });
      await p.registry.connect(p.prover).attest(FRAUD, modelId, attestation.inputHash, FREE_CONTEXT, answer, evidence);

      await expectToFit(await p.fraud.refute(attestation, answer, trace, disputeRow(bytes, layers, { layer, row })));
    });

    it(`refutes the first layer of a batch's unit within one transaction, for less than it earns: ${name}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      await p.models.publish(publication, bytes, rows, "");
      const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
      const modelId = published?.args.modelId as Hex;
      const inputCount = Math.min(32, Math.floor((MOST_TASK - MOST_LAYOUT) / inputs));
      const task = { inputs: new Uint8Array(inputCount * inputs).fill(1), inputCount, noise: 100 };
      const count = Math.min(16, mostUnits({ layers, publication: { layout: bytes } }));
      const rules = { modelId, method: FRAUD, noise: task.noise, unitsPerAccount: count };
      const seed = await runTask(p, rules, bytes, task.inputs);
      const seedOf = (unit: number) => unitSeed(seed, 1n, addressOf(p.prover), BigInt(unit));
      const at = (outputs[0] as number) - 1;
      const leaves = Array.from({ length: count }, (_, unit) =>
        changed(traceOf(forward(layers, unitInput(seedOf(unit), task))).slice(inputs), at),
      );
      const common = { prover: addressOf(p.prover), method: FRAUD, modelId, context: await contextOf(p, 1n, 0n, 2n) };
      const { batch, traces } = buildBatch(common, leaves);
      await p.registry.connect(p.prover).attestBatch(FRAUD, modelId, batch.context, count, bytes, traces);
      const input = showInput(seedOf(1), task, layout.input);

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
