import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { checkModel } from "../../inference/model.ts";
import { type CommittedModel, readModel } from "../../models/read.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import { decodeLayout, tensorBytes } from "../../sdk/layouts.ts";

const number = (value: number) => value.toLocaleString("en");

/** What is true of every committed model. */
export function itIsCommittedWhole(name: string): void {
  let committed: CommittedModel;
  let readme: string;

  before(async () => {
    committed = await readModel(name);
    readme = await readFile(new URL(`../../models/${name}/README.md`, import.meta.url), "utf8");
  });

  it("refuses a corrupted file", () => {
    const artifact = committed.artifact.slice();
    artifact[artifact.length >> 1] = (artifact[artifact.length >> 1] as number) ^ 1;
    expect(() => checkModel(committed.model, artifact)).to.throw(/^The file has sha256 0x\w+; the model names 0x/);
  });

  it("refuses another layout", () => {
    const layout = committed.layout.slice();
    layout[layout.length - 20] = (layout[layout.length - 20] as number) ^ 1;
    expect(() => checkModel({ ...committed.model, layout }, committed.artifact)).to.throw();
  });

  it("has parts that agree", () => {
    checkModel(committed.model, committed.artifact);
  });

  it("has a card with its sizes and hashes", () => {
    const { card, artifact, layout, rows, inputs, model } = committed;
    expect(card).to.include({
      name,
      artifactBytes: artifact.length,
      layoutBytes: layout.length,
      rowsBytes: rows.length,
      inputBytes: inputs.length,
      artifactHash: model.artifactHash,
      cid: cidOfSha256(model.artifactHash),
      modelId: model.modelId,
    });
  });

  it("has at least 1,024 base inputs, all different, that fit a publication", () => {
    const { card, inputs, layout } = committed;
    const length = tensorBytes(decodeLayout(layout).input);
    expect(card.inputCount).to.be.at.least(1024);
    expect(inputs.length)
      .to.equal(card.inputCount * length)
      .and.to.be.at.most(120_000);
    const each = Array.from({ length: card.inputCount }, (_, i) =>
      Buffer.from(inputs.subarray(i * length, (i + 1) * length)).toString("hex"),
    );
    expect(new Set(each).size).to.equal(card.inputCount);
  });

  it("says to people what its card says to programs", () => {
    const { card } = committed;
    const facts = [
      card.artifactHash,
      card.cid,
      card.modelId,
      `${number(card.artifactBytes)} bytes of ONNX`,
      `${number(card.inputBytes)} bytes`,
      `${number(Math.round(card.accuracy * card.heldOutCount))} of ${number(card.heldOutCount)}`,
      `${number(Math.round(card.accuracyWithNoise * card.heldOutCount))} of ${number(card.heldOutCount)} at noise amplitude ${card.noise}`,
    ];
    for (const fact of facts) expect(readme).to.include(fact);
  });
}
