import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";
import { readModel } from "../models/read.ts";
import { loadPinnedRuntime } from "../participant/runtime.ts";
import { decodeLayout } from "../sdk/layouts.ts";
import type { Measurement } from "./report.ts";

const WARM_UP = 20;
const ROUNDS = 201;
const RUNS = 200;

/** How many times as long a run takes in our runtime as a bare `session.run` of the same ONNX Runtime: medians. */
export async function infer(): Promise<Measurement[]> {
  const peer = `bare session.run of onnxruntime-web@${env.versions.web}`;
  const rows: Measurement[] = [];
  for (const name of ["digits", "risk"])
    rows.push({ name: `infer-${name}`, value: await ratioOf(name), unit: "ratio", peer });
  return rows;
}

async function ratioOf(name: string): Promise<number> {
  const { artifact, layout: layoutBytes, inputs, card } = await readModel(name);
  const layout = decodeLayout(layoutBytes);
  const length = inputs.length / card.inputCount;
  const all = Array.from({ length: RUNS }, (_, i) => inputs.slice(i * length, (i + 1) * length));
  const ours = await (await loadPinnedRuntime()).open(artifact, layout);
  const bare = await InferenceSession.create(artifact, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: "disabled",
    intraOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const runBare = ({ buffer }: Uint8Array<ArrayBuffer>) =>
    bare.run({ [layout.input.name]: new Tensor("int8", new Int8Array(buffer), layout.input.dims) });

  const timed = async (run: (input: Uint8Array<ArrayBuffer>) => Promise<unknown>): Promise<number> => {
    const from = performance.now();
    for (const input of all) await run(input);
    return performance.now() - from;
  };
  const ratios: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    // Whoever goes second finds warmer caches, so they take turns.
    const oursFirst = round % 2 === 0 ? await timed(ours.run) : undefined;
    const bareTime = await timed(runBare);
    const ratio = (oursFirst ?? (await timed(ours.run))) / bareTime;
    if (round >= WARM_UP) ratios.push(ratio);
  }
  await ours.release();
  await bare.release();
  ratios.sort((a, b) => a - b);
  return Math.round((ratios[ROUNDS >> 1] as number) * 1000) / 1000;
}
