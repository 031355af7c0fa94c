import { canonicalOnnx } from "../../inference/canonical.ts";
import { quantise } from "../../inference/import/quantise.ts";
import { INT8, type Layout } from "../../sdk/layouts.ts";
import { trainDense } from "../dense.ts";
import { randomFrom } from "../random.ts";
import { writeModel } from "../write.ts";
import { DIRECTIONS, drawStripes, HELD_OUT, SIDE, TRAINING } from "./data.ts";
import { accuracyOf } from "./measure.ts";

const NOISE = 8;
const INPUT_SCALE = 1 / 128;
const INPUT_COUNT = 1024;
const widths = [SIDE * SIDE, 16, DIRECTIONS.length];

const training = drawStripes(TRAINING);
const heldOut = drawStripes(HELD_OUT);

const network = await trainDense({
  inputs: training.map(({ image }) => Float32Array.from(image, (pixel) => pixel * INPUT_SCALE)),
  targets: training.map(({ label }) => Float32Array.from(DIRECTIONS, (_, i) => (i === label ? 1 : 0))),
  hidden: widths.slice(1, -1),
  outputActivation: "softmax",
  epochs: 40,
  learningRate: 0.003,
  seed: 16,
  augment: (inputs, epoch) => {
    const random = randomFrom(16_000 + epoch);
    const amplitude = NOISE * INPUT_SCALE;
    return inputs.map((input) => input.map((pixel) => pixel + random.uniform(-amplitude, amplitude)));
  },
});

const { layers } = quantise(
  network,
  new Array<number>(SIDE * SIDE).fill(INPUT_SCALE),
  training.slice(0, 4000).map(({ image }) => image),
);
const layout: Layout = {
  widths,
  input: { name: "image", dtype: INT8, dims: [1, SIDE * SIDE] },
  output: { name: "scores", dtype: INT8, dims: [1, DIRECTIONS.length] },
};

const card = await writeModel({
  artifact: canonicalOnnx(layout, layers),
  layout,
  layers,
  inputs: heldOut.slice(0, INPUT_COUNT).map(({ image }) => image),
  measured: {
    name: "stripes",
    task: "Which way the stripes of a 4 × 4 picture run: the index of the highest of four scores.",
    data: `Pictures drawn by models/stripes/data.ts, waves with random place, width, contrast, turn and pixel noise: ${TRAINING.count} to train (seed ${TRAINING.seed}), ${HELD_OUT.count} held out (seed ${HELD_OUT.seed}).`,
    profile: "integer",
    labels: DIRECTIONS,
    heldOutCount: heldOut.length,
    accuracy: accuracyOf(layers, heldOut, 0),
    noise: NOISE,
    accuracyWithNoise: accuracyOf(layers, heldOut, NOISE),
  },
});
console.log(card);
