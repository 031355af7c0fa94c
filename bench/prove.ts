import { forward } from "../inference/integer.ts";
import { circuitOf, constraintsOf } from "../inference/methods/zkProof/circuit.ts";
import { decodeKey } from "../inference/methods/zkProof/key.ts";
import { type CommittedModel, readModel } from "../models/read.ts";
import { type ProvingFiles, prove as proveRun } from "../participant/methods/zkProof/prove.ts";
import { compileCircuit, makeTestKeys } from "../participant/methods/zkProof/setup.ts";
import { decodeLayout, decodeRows } from "../sdk/layouts.ts";
import { hash } from "../test/contracts/fixtures.ts";
import type { Measurement } from "./report.ts";

const ROUNDS = 5;

/**
 * What proving a run takes by the size of the model: constraints, seconds (the median of five), most memory of the process
 * that proves, and the size of the proving key. The committed model's keys are committed; those of the larger one are made first, which
 * takes minutes and is measured too.
 */
export async function prove(): Promise<Measurement[]> {
  const [small, large] = [await readModel("stripes"), await readModel("digits")];
  if (small.circuit === undefined) throw new Error("models/stripes has no circuit.");
  const committed = { ...small.circuit, key: decodeKey(small.circuit.key) };
  const measured = await measure(small, committed);
  const { files, seconds } = await setUp(large);
  return [
    ...measured,
    { name: `zk-${widthsOf(large)}-setup`, value: seconds, unit: "s" },
    ...(await measure(large, files)),
  ];
}

const parts = ({ layout: bytes, rows }: CommittedModel) => {
  const layout = decodeLayout(bytes);
  return { layout, layers: decodeRows(layout.widths, rows) };
};

const widthsOf = (model: CommittedModel): string => parts(model).layout.widths.join("-");

/** Makes a model's circuit and keys. */
async function setUp(model: CommittedModel): Promise<{ files: ProvingFiles; seconds: number }> {
  const { layout, layers } = parts(model);
  const started = performance.now();
  const compiled = await compileCircuit(circuitOf(layout, layers));
  const keys = await makeTestKeys(compiled, undefined);
  return { files: { ...keys, witness: compiled.witness }, seconds: secondsSince(started) };
}

async function measure(model: CommittedModel, files: ProvingFiles): Promise<Measurement[]> {
  const { layout, layers } = parts(model);
  const [width] = layout.widths as [number];
  const times: number[] = [];
  let most = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const input = model.inputs.slice(round * width, (round + 1) * width);
    const output = new Uint8Array((forward(layers, new Int8Array(input)).at(-1) as Int8Array).buffer);
    const started = performance.now();
    const { memory } = await proveRun(files, { input, output, uid: hash(`round ${round}`) });
    times.push(secondsSince(started));
    most = Math.max(most, memory);
  }
  times.sort((a, b) => a - b);
  const name = `zk-${layout.widths.join("-")}`;
  return [
    { name: `${name}-constraints`, value: constraintsOf(layout, layers), unit: "constraints" },
    { name: `${name}-prove`, value: times[ROUNDS >> 1] as number, unit: "s" },
    { name: `${name}-memory`, value: Math.round(most / 2 ** 20), unit: "MiB" },
    { name: `${name}-proving-key`, value: files.provingKey.length, unit: "bytes" },
  ];
}

const secondsSince = (started: number): number => Math.round((performance.now() - started) / 10) / 100;
