import { canonicalOnnx } from "../../inference/canonical.ts";
import { quantise } from "../../inference/import/quantise.ts";
import { INT8, type Layout } from "../../sdk/layouts.ts";
import { trainDense } from "../dense.ts";
import { randomFrom } from "../random.ts";
import { writeModel } from "../write.ts";
import { HELD_OUT, renderDigits, SIDE, TRAINING } from "./data.ts";
import { accuracyOf } from "./measure.ts";

const NOISE = 8;
const INPUT_SCALE = 1 / 128;
const INPUT_COUNT = 1024;
const widths = [SIDE * SIDE, 32, 10];

const training = renderDigits(TRAINING);
const heldOut = renderDigits(HELD_OUT);

const network = await trainDense({
  inputs: training.map(({ image }) => Float32Array.from(image, (pixel) => pixel * INPUT_SCALE)),
  targets: training.map(({ label }) => Float32Array.from({ length: 10 }, (_, i) => (i === label ? 1 : 0))),
  hidden: widths.slice(1, -1),
  outputActivation: "softmax",
  epochs: 30,
  learningRate: 0.002,
  seed: 1,
  augment: (inputs, epoch) => {
    const random = randomFrom(1000 + epoch);
    const amplitude = NOISE * INPUT_SCALE;
    return inputs.map((input) =>
      input.map((pixel) => Math.max(-1, Math.min(127 / 128, pixel + random.uniform(-amplitude, amplitude)))),
    );
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
  output: { name: "scores", dtype: INT8, dims: [1, 10] },
};

const card = await writeModel({
  artifact: canonicalOnnx(layout, layers),
  layout,
  layers,
  inputs: heldOut.slice(0, INPUT_COUNT).map(({ image }) => image),
  measured: {
    name: "digits",
    task: "Which digit, 0 to 9, an 8 × 8 image shows: the index of the highest of ten scores.",
    data: `Digits rendered by models/digits/data.ts with random place, size, slant, turn, stroke and pixel noise: ${TRAINING.count} to train (seed ${TRAINING.seed}), ${HELD_OUT.count} held out (seed ${HELD_OUT.seed}). No handwriting.`,
    profile: "integer",
    labels: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    heldOutCount: heldOut.length,
    accuracy: accuracyOf(layers, heldOut, 0),
    noise: NOISE,
    accuracyWithNoise: accuracyOf(layers, heldOut, NOISE),
  },
});
console.log(card);
