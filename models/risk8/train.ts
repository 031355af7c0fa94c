import { canonicalOnnx } from "../../inference/canonical.ts";
import { quantise } from "../../inference/import/quantise.ts";
import { INT8, type Layout } from "../../sdk/layouts.ts";
import { trainDense } from "../dense.ts";
import { randomFrom } from "../random.ts";
import { drawTrades, features, HELD_OUT, TRAINING } from "../risk/data.ts";
import { INPUT_SCALE } from "../risk/graph.ts";
import { bestAccuracyOf } from "../risk/measure.ts";
import { writeModel } from "../write.ts";
import { accuracyOf } from "./measure.ts";

const NOISE = 8;
const INPUT_COUNT = 1024;
const widths = [features.length, 32, 2];

const training = drawTrades(TRAINING);
const heldOut = drawTrades(HELD_OUT);

const network = await trainDense({
  inputs: training.map(({ input }) => Float32Array.from(input, (step) => step * INPUT_SCALE)),
  targets: training.map(({ bad }) => Float32Array.of(bad ? 0 : 1, bad ? 1 : 0)),
  hidden: widths.slice(1, -1),
  outputActivation: "softmax",
  epochs: 40,
  learningRate: 0.003,
  seed: 8,
  augment: (inputs, epoch) => {
    const random = randomFrom(8000 + epoch);
    const amplitude = NOISE * INPUT_SCALE;
    return inputs.map((input) => input.map((feature) => feature + random.uniform(-amplitude, amplitude)));
  },
});

const { layers } = quantise(
  network,
  features.map(() => INPUT_SCALE),
  training.map(({ input }) => input),
);
const layout: Layout = {
  widths,
  input: { name: "trade", dtype: INT8, dims: [1, features.length] },
  output: { name: "scores", dtype: INT8, dims: [1, 2] },
};

const card = await writeModel({
  artifact: canonicalOnnx(layout, layers),
  layout,
  layers,
  inputs: heldOut.slice(0, INPUT_COUNT).map(({ input }) => input),
  measured: {
    name: "risk8",
    task: "Whether an agent's proposed trade should be allowed: it is if the first of two scores, for allowing, is higher than the second, for refusing.",
    data: `Trades drawn by models/risk/data.ts, good or bad by a made-up rule with chance: ${TRAINING.count} to train (seed ${TRAINING.seed}), ${HELD_OUT.count} held out (seed ${HELD_OUT.seed}). No real market.`,
    profile: "integer",
    labels: ["allow", "refuse"],
    heldOutCount: heldOut.length,
    accuracy: accuracyOf(layers, heldOut, 0),
    noise: NOISE,
    accuracyWithNoise: accuracyOf(layers, heldOut, NOISE),
    bestAccuracy: bestAccuracyOf(heldOut),
  },
});
console.log(card);
