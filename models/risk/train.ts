import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { loadRuntime } from "../../inference/runtime.ts";
import { trainDense } from "../dense.ts";
import type { Dense } from "../network.ts";
import { randomFrom } from "../random.ts";
import { writeModel } from "../write.ts";
import { drawTrades, HELD_OUT, TRAINING } from "./data.ts";
import { INPUT_SCALE, layout, riskOnnx } from "./graph.ts";
import { bestAccuracyOf, qualityOf } from "./measure.ts";

const NOISE = 8;
const INPUT_COUNT = 1024;

const training = drawTrades(TRAINING);
const heldOut = drawTrades(HELD_OUT);

const network = await trainDense({
  inputs: training.map(({ input }) => Float32Array.from(input, (step) => step * INPUT_SCALE)),
  targets: training.map(({ bad }) => Float32Array.of(bad ? 1 : 0)),
  hidden: [32],
  outputActivation: "sigmoid",
  epochs: 40,
  learningRate: 0.003,
  seed: 2,
  augment: (inputs, epoch) => {
    const random = randomFrom(2000 + epoch);
    const amplitude = NOISE * INPUT_SCALE;
    return inputs.map((input) => input.map((feature) => feature + random.uniform(-amplitude, amplitude)));
  },
});

const artifact = riskOnnx(network as [Dense, Dense]);
const wasm = fileURLToPath(import.meta.resolve("onnxruntime-web/ort-wasm-simd-threaded.wasm"));
const session = await (await loadRuntime(await readFile(wasm))).open(artifact, layout);
const { accuracy, auc } = await qualityOf(session, heldOut, 0);
const noisy = await qualityOf(session, heldOut, NOISE);
await session.release();

const card = await writeModel({
  artifact,
  layout,
  layers: [],
  inputs: heldOut.slice(0, INPUT_COUNT).map(({ input }) => input),
  measured: {
    name: "risk",
    task: "Whether an agent's proposed trade should be allowed (1) or refused (0), and a score of its risk, 0 to 255.",
    data: `Trades drawn by models/risk/data.ts, good or bad by a made-up rule with chance: ${TRAINING.count} to train (seed ${TRAINING.seed}), ${HELD_OUT.count} held out (seed ${HELD_OUT.seed}). No real market.`,
    profile: "float",
    labels: ["allow", "score"],
    heldOutCount: heldOut.length,
    accuracy,
    noise: NOISE,
    accuracyWithNoise: noisy.accuracy,
    auc,
    aucWithNoise: noisy.auc,
    bestAccuracy: bestAccuracyOf(heldOut),
  },
});
console.log(card);
