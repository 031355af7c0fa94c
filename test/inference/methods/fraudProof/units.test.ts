import { expect } from "chai";
import { forward } from "../../../../inference/integer.ts";
import { findWrongRow } from "../../../../inference/methods/fraudProof/dispute.ts";
import { traceOf } from "../../../../inference/methods/fraudProof/evidence.ts";
import { mostUnits, runUnit } from "../../../../inference/methods/fraudProof/units.ts";
import type { OpenModel } from "../../../../inference/models.ts";
import { readModel } from "../../../../models/read.ts";
import { decodeLayout, decodeRows } from "../../../../sdk/layouts.ts";

/** A model of one layer of `rows` neurons and a layout of `length` bytes. */
const modelOf = (rows: number, length: number) =>
  ({ layers: [Array.from({ length: rows })], publication: { layout: new Uint8Array(length) } }) as unknown as OpenModel;

describe("units of a batch", () => {
  it("are as many as a transaction's bytes hold beside the layout", () => {
    expect(mostUnits(modelOf(1000, 200))).to.equal(129);
    expect(mostUnits(modelOf(1000, 1200))).to.equal(128);
    expect(mostUnits(modelOf(28_672, 8192))).to.equal(4);
  });

  it("are no more of the smallest than a transaction has gas for", () => {
    expect(mostUnits(modelOf(1, 200))).to.equal(10_000);
  });

  it("hold the rows' hidden activations and the runtime's output", async () => {
    const { model, inputs } = await readModel("digits");
    const { widths } = decodeLayout(model.layout);
    const layers = decodeRows(widths, model.rows);
    const input = new Int8Array(inputs.slice(0, widths[0]).buffer);
    const right = forward(layers, input);
    const run = (output: Int8Array) => runUnit({ layers, session: { run: async () => new Uint8Array(output) } }, input);
    const output = right.at(-1) as Int8Array;

    expect(await run(output)).to.deep.equal(traceOf(right.slice(1)));
    const wrong = output.with(2, (output[2] as number) ^ 1);
    const found = findWrongRow(layers, traceOf([input, new Int8Array(await run(wrong))]));
    expect(found).to.include({ layer: layers.length - 1, row: 2, claimed: wrong[2], correct: output[2] });
  });
});
