import { expect } from "chai";
import { keccak256, sha256 } from "viem";
import { forward } from "../../inference/integer.ts";
import { decodeKey } from "../../inference/methods/zkProof/key.ts";
import { checkModel } from "../../inference/model.ts";
import { type CommittedCircuit, type CommittedModel, readModel } from "../../models/read.ts";
import { drawStripes, HELD_OUT, SIDE, type Stripes, TRAINING } from "../../models/stripes/data.ts";
import { accuracyOf, directionOf } from "../../models/stripes/measure.ts";
import { loadPinnedRuntime } from "../../participant/runtime.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import type { Layout, Row } from "../../sdk/layouts.ts";
import { itIsCommittedWhole } from "./committed.ts";

describe("model stripes", () => {
  let committed: CommittedModel;
  let layout: Layout;
  let layers: Row[][];
  let heldOut: Stripes[];

  before(async () => {
    committed = await readModel("stripes");
    ({ layout, layers } = checkModel(committed.model, committed.artifact));
    heldOut = drawStripes(HELD_OUT);
  });

  itIsCommittedWhole("stripes");

  it("has the keys that its name and its card say, marked as a test's", () => {
    const { key: bytes, witness, provingKey } = committed.circuit as CommittedCircuit;
    const key = decodeKey(bytes);
    expect(key).to.include({ isTest: true, witness: sha256(witness), provingKey: sha256(provingKey) });
    expect(committed.model.verifyingKeyHash).to.equal(keccak256(bytes));
    expect(committed.card.circuit).to.include({
      setup: "TEST",
      verifyingKeyHash: keccak256(bytes),
      witness: cidOfSha256(sha256(witness)),
      provingKey: cidOfSha256(sha256(provingKey)),
    });
  });

  it("tells as many held-out pictures apart as its card says, at least 99%", () => {
    const { accuracy, accuracyWithNoise, noise, heldOutCount } = committed.card;
    expect(heldOut.length).to.equal(heldOutCount);
    expect(accuracyOf(layers, heldOut, 0))
      .to.equal(accuracy)
      .and.to.be.at.least(0.99);
    expect(accuracyOf(layers, heldOut, noise))
      .to.equal(accuracyWithNoise)
      .and.to.be.at.least(0.99);
  });

  it("answers on onnxruntime-web what it answers in plain TypeScript", async () => {
    const session = await (await loadPinnedRuntime()).open(committed.artifact, layout);
    for (const { image } of heldOut.slice(0, committed.card.inputCount)) {
      const output = new Int8Array((await session.run(new Uint8Array(image))).buffer);
      expect(output).to.deep.equal(forward(layers, image).at(-1));
    }
    await session.release();
  });

  it("comes with held-out pictures as base inputs, none of them trained on", () => {
    const key = (image: Int8Array) => Buffer.from(image).toString("hex");
    const images = Array.from(
      { length: committed.card.inputCount },
      (_, i) => new Int8Array(committed.inputs.slice(i * SIDE * SIDE, (i + 1) * SIDE * SIDE).buffer),
    );
    expect(images).to.deep.equal(heldOut.slice(0, images.length).map(({ image }) => image));
    const trained = new Set(drawStripes(TRAINING).map(({ image }) => key(image)));
    expect(images.filter((image) => trained.has(key(image)))).to.deep.equal([]);
  });

  it("takes the first of several highest scores", () => {
    expect(directionOf(Int8Array.of(-5, 7, 7, 0))).to.equal(1);
  });
});
