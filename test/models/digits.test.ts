import { expect } from "chai";
import { forward } from "../../inference/integer.ts";
import { checkModel } from "../../inference/model.ts";
import { type Digit, HELD_OUT, renderDigits, SIDE, TRAINING } from "../../models/digits/data.ts";
import { accuracyOf, digitOf } from "../../models/digits/measure.ts";
import { type CommittedModel, readModel } from "../../models/read.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import type { Layout, Row } from "../../sdk/layouts.ts";
import { itIsCommittedWhole } from "./committed.ts";

describe("model digits", () => {
  let committed: CommittedModel;
  let layout: Layout;
  let layers: Row[][];
  let heldOut: Digit[];

  before(async () => {
    committed = await readModel("digits");
    ({ layout, layers } = checkModel(committed.model, committed.artifact));
    heldOut = renderDigits(HELD_OUT);
  });

  itIsCommittedWhole("digits");

  it("refuses corrupted rows", () => {
    const rows = committed.rows.slice();
    rows[100] = (rows[100] as number) ^ 1;
    expect(() => checkModel({ ...committed.model, rows }, committed.artifact)).to.throw(/^The rows have the root 0x/);
  });

  it("refuses a name that doesn't exist", async () => {
    const error = await readModel("nothing").catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(Error).with.property("message").that.includes("nothing");
  });

  it("reads as many held-out digits as its card says, at least 95%", () => {
    const { accuracy, accuracyWithNoise, noise, heldOutCount } = committed.card;
    expect(heldOut.length).to.equal(heldOutCount);
    expect(accuracyOf(layers, heldOut, 0))
      .to.equal(accuracy)
      .and.to.be.at.least(0.95);
    expect(accuracyOf(layers, heldOut, noise))
      .to.equal(accuracyWithNoise)
      .and.to.be.at.least(0.95);
  });

  it("answers on onnxruntime-web what it answers in plain TypeScript", async () => {
    const session = await (await loadPinnedRuntime()).open(committed.artifact, layout);
    const digits = heldOut.slice(0, committed.card.inputCount);
    for (const { image } of digits) {
      const output = new Int8Array((await session.run(new Uint8Array(image))).buffer);
      expect(output).to.deep.equal(forward(layers, image).at(-1));
    }
    await session.release();
  });

  it("comes with held-out images as base inputs, none of them trained on", () => {
    const key = (image: Int8Array) => Buffer.from(image).toString("hex");
    const images = Array.from(
      { length: committed.card.inputCount },
      (_, i) => new Int8Array(committed.inputs.slice(i * SIDE * SIDE, (i + 1) * SIDE * SIDE).buffer),
    );
    expect(images).to.deep.equal(heldOut.slice(0, images.length).map(({ image }) => image));
    const trained = new Set(renderDigits(TRAINING).map(({ image }) => key(image)));
    expect(images.filter((image) => trained.has(key(image)))).to.deep.equal([]);
  });

  it("takes the first of several highest scores", () => {
    expect(digitOf(Int8Array.of(-5, 7, 7, 0))).to.equal(1);
  });
});
