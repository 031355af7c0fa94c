import { expect } from "chai";
import fc from "fast-check";
import { quantise } from "../../../inference/import/quantise.ts";
import type { Layer } from "../../../inference/import/reader.ts";
import { checkRows, forward } from "../../../inference/integer.ts";
import { int8Vector, integerLayout } from "../layers.ts";

const real = fc.double({ min: -2, max: 2, noNaN: true });

/** What one step of each input is worth. */
const steps = new Array<number>(6).fill(1 / 128);

const dense = (inputs: number, neurons: number): fc.Arbitrary<Layer> =>
  fc.record({
    // One weight away from zero in each row: nothing to scale otherwise.
    weights: fc.array(
      fc
        .array(real, { minLength: inputs, maxLength: inputs })
        .map((weights) => weights.map((weight, k) => (k === 0 ? weight + 3 : weight))),
      { minLength: neurons, maxLength: neurons },
    ),
    biases: fc.array(real, { minLength: neurons, maxLength: neurons }),
  });

/** What a ReLU network answers in floating point. */
const floatForward = (network: readonly Layer[], input: number[]): number[] =>
  network.reduce(
    (values, { weights, biases }, l) =>
      weights
        .map((row, j) => row.reduce((sum, weight, k) => sum + weight * (values[k] as number), biases[j] as number))
        .map((sum) => (l === network.length - 1 ? sum : Math.max(0, sum))),
    input,
  );

describe("import/quantise", () => {
  const cases = fc.record({
    network: fc.tuple(dense(6, 4), dense(4, 3)),
    inputs: fc.array(int8Vector(6), { minLength: 8, maxLength: 8 }),
  });

  it("stays within the bounds of the integer profile, one shift for the whole last layer", () => {
    fc.assert(
      fc.property(cases, ({ network, inputs }) => {
        const { layers } = quantise(network, steps, inputs);
        checkRows(integerLayout(6, 4, 3), layers);
        expect(new Set(layers[1]?.map(({ shift }) => shift)).size).to.equal(1);
      }),
    );
  });

  it("takes neurons without weights, biases that dwarf them, and widths up to the widest", () => {
    const wide = { weights: [new Array<number>(4096).fill(1e-6), new Array<number>(4096).fill(0)], biases: [1e6, -3] };
    const last = { weights: [[0, 0]], biases: [0] };
    const inputs = [new Int8Array(4096).fill(127), new Int8Array(4096).fill(-128)];
    const { layers } = quantise([wide, last], new Array<number>(4096).fill(1), inputs);
    checkRows(integerLayout(4096, 2, 1), layers);
    expect(forward(layers, inputs[0] as Int8Array)[1]?.[0]).to.be.greaterThan(60);
  });

  it("says what one step of an output is worth", () => {
    fc.assert(
      fc.property(cases, ({ network, inputs }) => {
        const { layers, scale } = quantise(network, steps, inputs);
        const real = inputs.map((input) =>
          floatForward(
            network,
            Array.from(input, (step) => step / 128),
          ),
        );
        const range = Math.max(...real.flat().map(Math.abs));
        fc.pre(range > 20);
        for (const [i, input] of inputs.entries())
          for (const [j, score] of (forward(layers, input).at(-1) as Int8Array).entries())
            expect(Math.abs(score * scale - ((real[i] as number[])[j] as number))).to.be.at.most(0.15 * range);
      }),
    );
  });

  it("keeps the float network's answers: a score 15% of the range above another stays above it", () => {
    fc.assert(
      fc.property(cases, ({ network, inputs }) => {
        const { layers } = quantise(network, steps, inputs);
        const answers = inputs.map((input) =>
          floatForward(
            network,
            Array.from(input, (step) => step / 128),
          ),
        );
        const range = Math.max(...answers.flat().map(Math.abs));
        // Weights are rounded to 1/127 of the largest: where everything cancels, the rounding is all there is.
        fc.pre(range > 20);
        for (const [i, input] of inputs.entries()) {
          const scores = forward(layers, input).at(-1) as Int8Array;
          const expected = answers[i] as number[];
          for (const [a, high] of expected.entries())
            for (const [b, low] of expected.entries())
              if (high - low > 0.15 * range) expect(scores[a]).to.be.greaterThan(scores[b] as number);
        }
      }),
    );
  });
});
