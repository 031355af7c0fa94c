import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { type CommittedModel, readModel } from "../models/read.ts";
import { loadPinnedRuntime, openBounded } from "../participant/runtime.ts";
import { decodeLayout } from "../sdk/layouts.ts";
import { page } from "./page.ts";
import type { Measurement } from "./report.ts";
import { story } from "./story.ts";

const WARM_UP = 20;
const ROUNDS = 201;
const RUNS = 200;

/**
 * How many times as long a run takes in our runtime as a bare `session.run` of the same ONNX Runtime, and within bounds,
 * in a thread of its own, as in this one, where a batch's runs are started together: medians. Then what the language model takes.
 */
export async function infer(): Promise<Measurement[]> {
  const bare = `bare session.run of onnxruntime-web@${env.versions.web}`;
  const rows: Measurement[] = [];
  for (const name of ["digits", "risk"]) {
    const model = await readModel(name);
    rows.push({ name: `infer-${name}`, value: await besideBare(model), unit: "ratio", peer: bare });
    const peer = `the same ${RUNS} runs in this thread, unbounded`;
    rows.push({ name: `infer-${name}-bounded`, value: await boundedBesideUnbounded(model), unit: "ratio", peer });
  }
  return [...rows, ...(await story()), ...(await page())];
}

type Run = (input: Uint8Array<ArrayBuffer>) => Promise<unknown>;

/** The model's inputs, as many as a round has runs. */
function inputsOf({ inputs, card }: CommittedModel): Uint8Array<ArrayBuffer>[] {
  const length = inputs.length / card.inputCount;
  return Array.from({ length: RUNS }, (_, i) => inputs.slice(i * length, (i + 1) * length));
}

async function besideBare(model: CommittedModel): Promise<number> {
  const layout = decodeLayout(model.layout);
  const ours = await (await loadPinnedRuntime()).open(model.artifact, layout);
  const bare = await InferenceSession.create(model.artifact, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const runBare: Run = ({ buffer }) =>
    bare.run({ [layout.input.name]: new Tensor("int8", new Int8Array(buffer), layout.input.dims) });
  const all = inputsOf(model);
  const oneByOne = (run: Run) => async () => {
    for (const input of all) await run(input);
  };
  const ratio = await ratioOf(oneByOne(ours.run), oneByOne(runBare));
  await ours.release();
  await bare.release();
  return ratio;
}

async function boundedBesideUnbounded({ model, artifact, ...rest }: CommittedModel): Promise<number> {
  const opener = await openBounded();
  const { session: bounded, layout } = await opener.open(model, artifact);
  const unbounded = await (await loadPinnedRuntime()).open(artifact, layout);
  const all = inputsOf({ model, artifact, ...rest });
  const together = (run: Run) => () => Promise.all(all.map(run));
  const ratio = await ratioOf(together(bounded.run), together(unbounded.run));
  opener.close();
  await unbounded.release();
  return ratio;
}

async function ratioOf(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<number> {
  const timed = async (work: () => Promise<unknown>): Promise<number> => {
    const from = performance.now();
    await work();
    return performance.now() - from;
  };
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    // The second one finds warmer caches, so they take turns.
    const before = round % 2 === 0 ? await timed(first) : undefined;
    const peer = await timed(second);
    const ratio = (before ?? (await timed(first))) / peer;
    if (round >= WARM_UP) ratios.push(ratio);
  }
  ratios.sort((a, b) => a - b);
  return Math.round((ratios[ROUNDS >> 1] as number) * 1000) / 1000;
}
