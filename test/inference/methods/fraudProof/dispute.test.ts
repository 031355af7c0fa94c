import { expect } from "chai";
import fc from "fast-check";
import { hexToBytes } from "viem";
import { activation, forward } from "../../../../inference/integer.ts";
import { disputeRow, disputeUnit, findWrongRow, showRow } from "../../../../inference/methods/fraudProof/dispute.ts";
import { traceOf } from "../../../../inference/methods/fraudProof/evidence.ts";
import { decodeRows, encodeLayout, weightsTree } from "../../../../sdk/layouts.ts";
import { orderedTree, verifyProof } from "../../../../sdk/tree.ts";
import { anyModel } from "../../layers.ts";

/** An integer model with an input, and one activation of a later layer moved to any other value. */
const anyCheat = anyModel.chain(({ layout, layers, input }) => {
  const [inputs, ...widths] = layout.widths as [number, ...number[]];
  const length = widths.reduce((sum, width) => sum + width, 0);
  return fc.record({
    layout: fc.constant(layout),
    layers: fc.constant(layers),
    input: fc.constant(input),
    at: fc.integer({ min: inputs, max: inputs + length - 1 }),
    moved: fc.integer({ min: 1, max: 255 }),
  });
});

describe("disputes", () => {
  it("refuses traces that don't fit the layers", () => {
    fc.assert(
      fc.property(anyModel, fc.constantFrom(-1, 1), ({ layers, layout }, off) => {
        const length = layout.widths.reduce((sum, width) => sum + width, 0);

        expect(() => findWrongRow(layers, new Uint8Array(length + off))).to.throw(
          RangeError,
          `A trace of ${length + off} bytes doesn't fit layers of ${length} together.`,
        );
      }),
    );
  });

  it("refuses to show a row that the model doesn't have", () => {
    fc.assert(
      fc.property(anyModel, ({ layout, layers }) => {
        for (const [layer, row] of [
          [layers.length, 0],
          [0, layers[0]?.length ?? 0],
        ] as const)
          expect(() => disputeRow(encodeLayout(layout), layers, { layer, row })).to.throw(
            RangeError,
            `The model has no row ${row} in layer ${layer}.`,
          );
      }),
      { numRuns: 5 },
    );
  });

  it("refuse to explain a row that the model or the trace doesn't have", () => {
    fc.assert(
      fc.property(anyModel, ({ layers, input }) => {
        const trace = traceOf(forward(layers, input));
        const place = { layer: layers.length - 1, row: (layers.at(-1)?.length ?? 0) - 1 };

        expect(() => showRow(layers, trace, { ...place, layer: layers.length })).to.throw(
          RangeError,
          `The model has no row ${place.row} in layer ${layers.length}.`,
        );
        expect(() => showRow(layers, trace.subarray(0, -1), place)).to.throw(
          RangeError,
          `The trace of ${trace.length - 1} bytes ends before that row.`,
        );
      }),
      { numRuns: 20 },
    );
  });

  it("explain a wrong row by the numbers that the contract computes it from", () => {
    fc.assert(
      fc.property(anyCheat, ({ layers, input, at, moved }) => {
        const trace = traceOf(forward(layers, input));
        trace[at] = (trace[at] as number) + moved;
        const wrong = findWrongRow(layers, trace);
        if (wrong === undefined) throw new Error("There is no wrong row.");
        const { inputs, weights, bias, shift, lo, sum, ...rest } = showRow(layers, trace, wrong);

        expect(rest).to.deep.equal(wrong);
        expect(sum).to.equal([...inputs].reduce((total, x, k) => total + x * (weights[k] as number), 0));
        expect(Math.min(127, Math.max(lo, Math.floor((sum + bias + 2 ** (shift - 1)) / 2 ** shift)))).to.equal(
          rest.correct,
        );
      }),
      { numRuns: 200 },
    );
  });

  it("find nothing in any honest trace", () => {
    fc.assert(
      fc.property(anyModel, ({ layers, input }) => {
        expect(findWrongRow(layers, traceOf(forward(layers, input)))).to.equal(undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it("find a wrong row for any single changed activation, and what it should be", () => {
    fc.assert(
      fc.property(anyCheat, ({ layers, input, at, moved }) => {
        const trace = traceOf(forward(layers, input));
        trace[at] = (trace[at] as number) + moved;
        const wrong = findWrongRow(layers, trace);

        expect(wrong).to.not.equal(undefined);
        const { layer, row, claimed, correct } = wrong as NonNullable<typeof wrong>;
        const starts = layers.map((_, l) => layers.slice(0, l).reduce((sum, { length }) => sum + length, input.length));
        const activations = new Int8Array(trace.buffer);
        const below = activations.subarray(layer === 0 ? 0 : starts[layer - 1], starts[layer]);
        expect(claimed).to.equal(activations[(starts[layer] as number) + row]);
        expect(correct).to.equal(activation(layers[layer]?.[row] as never, below));
        expect(correct).to.not.equal(claimed);
      }),
      { numRuns: 2000 },
    );
  });

  it("find the changed activation itself, as everything before it is right", () => {
    fc.assert(
      fc.property(anyCheat, ({ layers, input, at, moved }) => {
        const trace = traceOf(forward(layers, input));
        trace[at] = (trace[at] as number) + moved;
        const { layer, row } = findWrongRow(layers, trace) ?? { layer: -1, row: -1 };

        expect(layers.slice(0, layer).reduce((sum, { length }) => sum + length, input.length + row)).to.equal(at);
      }),
    );
  });

  it("show a row with its proof against the weights' root", () => {
    fc.assert(
      fc.property(anyCheat, ({ layout, layers, input, at, moved }) => {
        const trace = traceOf(forward(layers, input));
        trace[at] = (trace[at] as number) + moved;
        const wrong = findWrongRow(layers, trace) ?? { layer: -1, row: -1 };
        const shown = disputeRow(encodeLayout(layout), layers, wrong);

        expect([shown.layer, shown.row]).to.deep.equal([BigInt(wrong.layer), BigInt(wrong.row)]);
        expect([...hexToBytes(shown.layoutBytes)]).to.deep.equal([...encodeLayout(layout)]);
        const { root, count } = weightsTree(layers);
        expect(verifyProof(root, count, at - input.length, hexToBytes(shown.data), shown.proof)).to.equal(true);
        const width = layers[wrong.layer]?.[wrong.row]?.weights.length as number;
        expect(decodeRows([width, 1], hexToBytes(shown.data))).to.deep.equal([[layers[wrong.layer]?.[wrong.row]]]);
      }),
    );
  });

  it("show a unit with its proof against the batch's root, and no input unless asked to", () => {
    const leaves = Array.from({ length: 5 }, (_, i) => Uint8Array.of(i, 255 - i));
    const input = { header: "0x01", base: "0x02", proof: [] } as const;
    const { root, count } = orderedTree(leaves);
    for (const index of [0, 3, 4]) {
      const unit = disputeUnit(leaves, index);

      expect(unit.index).to.equal(BigInt(index));
      expect(verifyProof(root, count, index, hexToBytes(unit.activations), unit.proof)).to.equal(true);
      expect(unit.input).to.deep.equal({ header: "0x", base: "0x", proof: [] });
    }
    expect(disputeUnit(leaves, 2, { ...input, proof: [] }).input).to.deep.equal({ ...input, proof: [] });
    expect(() => disputeUnit(leaves, 5)).to.throw(RangeError);
  });
});
