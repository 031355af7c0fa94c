import { expect } from "chai";
import { forward } from "../../inference/integer.ts";
import { checkModel } from "../../inference/model.ts";
import { type CommittedModel, readModel } from "../../models/read.ts";
import { drawTrades, features, HELD_OUT, type Trade } from "../../models/risk/data.ts";
import { bestAccuracyOf } from "../../models/risk/measure.ts";
import { accuracyOf, isAllowed } from "../../models/risk8/measure.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import type { Layout, Row } from "../../sdk/layouts.ts";
import { itIsCommittedWhole } from "./committed.ts";

describe("model risk8", () => {
  let committed: CommittedModel;
  let layout: Layout;
  let layers: Row[][];
  let heldOut: Trade[];

  before(async () => {
    committed = await readModel("risk8");
    ({ layout, layers } = checkModel(committed.model, committed.artifact));
    heldOut = drawTrades(HELD_OUT);
  });

  itIsCommittedWhole("risk8");

  it("takes what the float model takes, and is small enough to be refuted", async () => {
    const float = await readModel("risk");
    const { layout: itsLayout } = checkModel(float.model, float.artifact);
    expect(layout.input).to.deep.equal(itsLayout.input);
    expect(layout.widths).to.deep.equal([features.length, 32, 2]);
  });

  it("does as well on held-out trades as its card says, within a hundredth of the float model", async () => {
    const { accuracy, accuracyWithNoise, noise, heldOutCount, bestAccuracy } = committed.card;
    const float = await readModel("risk");
    expect(heldOut.length).to.equal(heldOutCount);
    expect(accuracyOf(layers, heldOut, 0)).to.equal(accuracy);
    expect(accuracyOf(layers, heldOut, noise)).to.equal(accuracyWithNoise);
    expect(bestAccuracyOf(heldOut)).to.equal(bestAccuracy);
    expect(accuracy).to.be.within(float.card.accuracy - 0.01, bestAccuracy as number);
    expect(accuracyWithNoise).to.be.at.least(float.card.accuracyWithNoise - 0.01);
  });

  it("answers on onnxruntime-web what it answers in plain TypeScript", async () => {
    const session = await (await loadPinnedRuntime()).open(committed.artifact, layout);
    for (const { input } of heldOut.slice(0, committed.card.inputCount)) {
      const output = new Int8Array((await session.run(new Uint8Array(input))).buffer);
      expect(output).to.deep.equal(forward(layers, input).at(-1));
    }
    await session.release();
  });

  it("comes with held-out trades as base inputs", () => {
    const width = features.length;
    const inputs = Array.from(
      { length: committed.card.inputCount },
      (_, i) => new Int8Array(committed.inputs.slice(i * width, (i + 1) * width).buffer),
    );
    expect(inputs).to.deep.equal(heldOut.slice(0, inputs.length).map(({ input }) => input));
  });

  it("allows only what scores higher for allowing", () => {
    expect(isAllowed(Int8Array.of(7, -5))).to.equal(true);
    expect(isAllowed(Int8Array.of(-5, 7))).to.equal(false);
    expect(isAllowed(Int8Array.of(3, 3))).to.equal(false);
  });
});
