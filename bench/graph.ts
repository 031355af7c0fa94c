import { type BuiltModel, GraphBuilder } from "../inference/graphModel/build.ts";
import { fileLayout } from "../inference/graphModel/file.ts";
import { type Program, programOf } from "../inference/graphModel/program.ts";
import { traceTree } from "../inference/graphModel/trace.ts";
import { unsigned } from "../inference/operators/operator.ts";
import { loadPinnedRuntime } from "../participant/runtime.ts";
import { medianOf } from "./median.ts";
import type { Measurement } from "./report.ts";

const WIDTH = 128;
const HEADS = 4;
const LAYERS = 4;
const PROMPT = 192;
const ANSWER = 64;
const ROUNDS = 5;

/** Elements that differ, and are the same each time. */
const elements = (count: number, seed: number): Int8Array =>
  Int8Array.from(
    { length: count },
    (_, i) => ((Math.imul(i + 1, 2_654_435_761) ^ Math.imul(seed + 1, 40_503)) >> 20) % 60,
  );

/** A byte-level transformer of 0.9 M parameters that continues a prompt of 192 bytes by 64; its weights mean nothing. */
export function languageModel(): BuiltModel {
  const to = new GraphBuilder({ rows: PROMPT + ANSWER - 1, width: 1 }, ANSWER - 1);
  const rows = (count: number, width: number) => Array.from({ length: count }, (_, i) => elements(width, i));
  const linear = (a: number, width: number) =>
    to.linear(
      a,
      rows(width, to.shapeOf(a).width).map((weights) => ({ shift: 10, lo: -128, bias: 0, weights })),
    );
  const add = (a: number, b: number) => to.add(a, b, { m: 1, n: 1, shift: 1 });
  const falling = Int8Array.from({ length: 256 }, (_, i) => Math.round(127 * Math.exp(-i / 16)));
  let x = add(to.embed(0, rows(256, WIDTH)), to.constant(rows(PROMPT + ANSWER - 1, WIDTH)));
  for (let layer = 0; layer < LAYERS; layer++) {
    const normal = to.table(x, elements(256, layer));
    const scores = to.scores(linear(normal, WIDTH), linear(normal, WIDTH), { heads: HEADS, causal: 1, shift: 8 });
    const values = to.transpose(linear(normal, WIDTH));
    x = add(x, linear(to.mix(to.exponents(scores, falling), values, 1), WIDTH));
    const wide = to.table(linear(to.table(x, elements(256, layer)), 4 * WIDTH), elements(256, layer));
    x = add(x, linear(wide, WIDTH));
  }
  to.argmax(linear(to.pick(x, PROMPT - 1, ANSWER), 256));
  return to.finish({ name: "prompt", dims: [1, PROMPT] }, { name: "text", dims: [1, ANSWER] });
}

/**
 * A language model of the graph profile: writing 64 bytes and confirming them by its file, as everybody does who runs it
 * again; one pass over prompt and answer in TypeScript and on ONNX Runtime; and the tree over what it computed.
 */
export async function graph(): Promise<Measurement[]> {
  const { layout, operators, parameters, artifact } = languageModel();
  const program: Program = programOf(operators, parameters);
  const session = await (await loadPinnedRuntime()).open(artifact, fileLayout(layout));
  const prompt = elements(PROMPT, 7);
  const outputs = program.run(prompt);
  const tokens = outputs[0] as Int8Array;
  const written = await medianOf(ROUNDS, () => program.run(prompt));
  const pass = await medianOf(ROUNDS, () => program.pass(tokens));
  const file = await medianOf(ROUNDS, () => session.run(unsigned(tokens)));
  const trace = await medianOf(ROUNDS, () => traceTree(operators, outputs));
  await session.release();
  return [
    { name: "infer-graph-answer", value: written + file, unit: "ms" },
    { name: "infer-graph-pass", value: pass, unit: "ms" },
    { name: "infer-graph-pass-onnx", value: file, unit: "ms" },
    { name: "infer-graph-trace", value: trace / written, unit: "ratio", peer: "the run that is traced" },
  ];
}
