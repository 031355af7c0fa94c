import { bytesToHex, type Hex } from "viem";
import { type BuiltModel, GraphBuilder } from "../inference/graphModel/build.ts";
import { programOf } from "../inference/graphModel/program.ts";
import { answer, reply } from "../inference/methods/disputeGame/moves.ts";
import { type TracedRun, tracedRun } from "../inference/methods/disputeGame/run.ts";
import { signed, unsigned } from "../inference/operators/operator.ts";
import { tensorHash } from "../sdk/commitments.ts";
import { Stage } from "../sdk/dispute.ts";
import { tensorHeader } from "../sdk/layouts.ts";
import { CHALLENGER, type Contracts, deploy, PROVER } from "../test/simulator/dispute/contracts.ts";
import { createChain } from "../test/simulator/economy/chain.ts";
import type { Measurement } from "./report.ts";

/** A byte-level transformer that continues a prompt; its weights mean nothing. */
interface Shape {
  width: number;
  heads: number;
  wide: number;
  layers: number;
  prompt: number;
  answer: number;
}

/** The shape of `models/story`. */
const story: Shape = { width: 128, heads: 4, wide: 512, layers: 3, prompt: 64, answer: 64 };
/** 100 M parameters: rows of a model are the widest that a graph may have. */
const large: Shape = { width: 1024, heads: 16, wide: 4092, layers: 8, prompt: 64, answer: 64 };

/** Elements that differ, and are the same each time. */
const elements = (count: number, seed: number): Int8Array =>
  Int8Array.from(
    { length: count },
    (_, i) => ((Math.imul(i + 1, 2_654_435_761) ^ Math.imul(seed + 1, 40_503)) >> 20) % 60,
  );

/** The model, with its parameters and the operator of its middle that reads the widest rows. */
function transformer({ width, heads, wide, layers, prompt, answer: written }: Shape) {
  const moments = prompt + written - 1;
  const to = new GraphBuilder({ rows: moments, width: 1 }, written - 1);
  const rows = (count: number, length: number) => Array.from({ length: count }, (_, i) => elements(length, i));
  let parameters = 0;
  let widest = 0;
  const linear = (a: number, count: number): number => {
    const inputs = to.shapeOf(a).width;
    parameters += count * (inputs + 1);
    return to.linear(
      a,
      rows(count, inputs).map((weights) => ({ shift: 10, lo: -128, bias: 0, weights })),
    );
  };
  const add = (a: number, b: number) => to.add(a, b, { m: 1, n: 1, shift: 1 });
  const falling = Int8Array.from({ length: 256 }, (_, i) => Math.round(127 * Math.exp(-i / 16)));
  let x = add(to.embed(0, rows(256, width)), to.constant(rows(moments, width)));
  for (let layer = 0; layer < layers; layer++) {
    const normal = to.table(x, elements(256, layer));
    const scores = to.scores(linear(normal, width), linear(normal, width), { heads, causal: 1, shift: 8 });
    const values = to.transpose(linear(normal, width));
    x = add(x, linear(to.mix(to.exponents(scores, falling), values, 1), width));
    const middle = to.table(linear(to.table(x, elements(256, layer)), wide), elements(256, layer));
    const narrow = linear(middle, width);
    if (layer === Math.floor(layers / 2)) widest = narrow;
    x = add(x, narrow);
  }
  to.argmax(linear(to.pick(x, prompt - 1, written), 256));
  const model = to.finish({ name: "prompt.text", dims: [prompt] }, { name: "answer.text", dims: [written] });
  return { model, parameters, widest };
}

/** Plays one dispute about one wrong byte. Returns the gas of each move. */
async function playOnce(contracts: Contracts, model: BuiltModel, wrong: number, prompt: Uint8Array): Promise<number[]> {
  const { layout, operators, parameters } = model;
  const program = programOf(operators, parameters);
  const honest = program.run(signed(prompt));
  const outputs = honest.map((output, k) =>
    k === wrong ? output.map((each, i) => (i === 7 ? each + 1 : each)) : output,
  );
  const run = tracedRun(operators, outputs);
  // The prompt's pass over its own answer is what was run: it is not made again.
  const own = tracedRun(operators, honest);
  const hashOf = (of: "input" | "output", data: Uint8Array): Hex => tensorHash(tensorHeader(layout[of]), data);
  const modelId = await contracts.publish(model);
  const made = await contracts.attest({
    modelId,
    inputHash: hashOf("input", prompt),
    outputHash: hashOf("output", unsigned(outputs.at(-1) as Int8Array)),
    traceHash: run.trace.root,
  });
  const common = { layout, model: { graph: layout.graph ?? [], operators, parameters }, units: undefined };
  const input = { header: bytesToHex(tensorHeader(layout.input)), base: bytesToHex(prompt), proof: [] };
  const prover = { ...common, run: (): TracedRun => run, input: () => input };
  const { number, gas } = await contracts.challenge(made);
  const moves = [Number(gas)];
  for (;;) {
    const { question, isProvers } = await contracts.turn(made.id, number);
    if (question.stage === Stage.none) return moves;
    const move = isProvers
      ? answer(prover, question)
      : reply({ ...common, pass: () => own }, question, contracts.openingsOf(made.id));
    const used = move && (await contracts.move(isProvers ? PROVER : CHALLENGER, made.id, number, move));
    if (used === undefined) throw new Error(`The move ${move?.functionName} was refused.`);
    moves.push(Number(used));
  }
}

/** Gas of a whole dispute about one wrong byte, of the shape of `models/story` and of 100 M parameters: the same contracts. */
export async function dispute(): Promise<Measurement[]> {
  const chain = await createChain();
  try {
    const contracts = await deploy(chain);
    const measured: Measurement[] = [];
    for (const [name, shape] of [
      ["story", story],
      ["100m", large],
    ] as const) {
      const { model, parameters, widest } = transformer(shape);
      if (name === "100m" && parameters < 100_000_000) throw new Error(`The large model has ${parameters} parameters.`);
      const moves = await playOnce(contracts, model, widest, unsigned(elements(shape.prompt, 7)));
      const total = moves.reduce((sum, gas) => sum + gas, 0);
      measured.push(
        { name: `dispute-${name}-total`, value: total, unit: "gas" },
        { name: `dispute-${name}-move-max`, value: Math.max(...moves), unit: "gas" },
      );
    }
    return measured;
  } finally {
    await chain.close();
  }
}
