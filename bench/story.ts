import { fileLayout } from "../inference/graphModel/file.ts";
import { programOfModel } from "../inference/graphModel/generating.ts";
import type { Program } from "../inference/graphModel/program.ts";
import { traceTree } from "../inference/graphModel/trace.ts";
import { checkModel } from "../inference/model.ts";
import { openChecked } from "../inference/opener.ts";
import { signed, unsigned } from "../inference/operators/operator.ts";
import { readModel } from "../models/read.ts";
import { loadPinnedRuntime } from "../participant/runtime.ts";
import { medianOf } from "./median.ts";
import type { Measurement } from "./report.ts";

const ROUNDS = 9;

/**
 * The language model: writing 64 bytes and confirming them by its file, as everybody does who runs it again; one pass over
 * prompt and answer on ONNX Runtime beside plain TypeScript; and the tree over what was computed. Medians.
 */
export async function story(): Promise<Measurement[]> {
  const { model, artifact, inputs, card } = await readModel("story");
  const runtime = await loadPinnedRuntime();
  const checked = checkModel(model, artifact);
  const program = programOfModel(checked) as Program;
  const file = await runtime.open(artifact, fileLayout(checked.layout));
  const { session } = await openChecked(async () => runtime, model, artifact);
  const prompt = inputs.slice(0, inputs.length / card.inputCount);
  const outputs = program.run(signed(prompt));
  const tokens = outputs[0] as Int8Array;
  const answer = await medianOf(ROUNDS, () => session.run(prompt));
  const written = await medianOf(ROUNDS, () => program.run(signed(prompt)));
  const pass = await medianOf(ROUNDS, () => program.pass(tokens));
  const onFile = await medianOf(ROUNDS, () => file.run(unsigned(tokens)));
  const trace = await medianOf(ROUNDS, () => traceTree(program.operators, outputs));
  await file.release();
  await session.release();
  return [
    { name: "infer-story-answer", value: answer, unit: "ms" },
    { name: "infer-story-pass-onnx", value: onFile / pass, unit: "ratio", peer: "the same pass in plain TypeScript" },
    { name: "infer-story-trace", value: trace / written, unit: "ratio", peer: "the run that is traced" },
  ];
}
