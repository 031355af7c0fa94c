import { bytesToHex, type Hex } from "viem";
import { type AdmittedOperator, fedOf } from "../../../inference/graphModel/admit.ts";
import type { BuiltModel } from "../../../inference/graphModel/build.ts";
import { programOf } from "../../../inference/graphModel/program.ts";
import { provenOperator } from "../../../inference/methods/disputeGame/element.ts";
import {
  answer,
  type ChallengerKnowledge,
  type Move,
  type ProverKnowledge,
  reply,
} from "../../../inference/methods/disputeGame/moves.ts";
import { type TracedRun, tracedRun } from "../../../inference/methods/disputeGame/run.ts";
import { signed, unsigned } from "../../../inference/operators/operator.ts";
import { tensorHash } from "../../../sdk/commitments.ts";
import { isOpenedAtOnce, type Question, Stage } from "../../../sdk/dispute.ts";
import { tensorHeader } from "../../../sdk/layouts.ts";
import { Status } from "../../../sdk/protocol.ts";
import { leafHash, orderedTree, siblingsOf } from "../../../sdk/tree.ts";
import { createChain } from "../economy/chain.ts";
import { randomGeneration, randomGraph } from "../graphs/random.ts";
import { createRandom, type Random } from "../random.ts";
import { CHALLENGER, CLOCK, type Contracts, type Demand, deploy, PROVER } from "./contracts.ts";

/** What was played, and everything that ended otherwise than it must. */
export interface Tally {
  graphs: number;
  /** Wrong attestations that were refuted by an element, and those that had no opening. */
  shown: number;
  unopened: number;
  /** Right attestations that stood a challenge. */
  stood: number;
  wrong: string[];
}

/** A run as it is attested, and the hashes that go with it. */
interface Attested {
  run: TracedRun;
  inputHash: Hex;
  outputHash: Hex;
  traceHash: Hex;
}

/** Ways to be wrong, each in at least one byte. */
const forgeries = ["byte", "byte", "byte", "carried", "output", "input", "node", "written"] as const;

/**
 * Plays the game on random graphs: a wrong attestation of each must be refuted by whoever has run it again, and a right one
 * must stand a challenger that picks and demands anything.
 */
export async function play(
  graphs: number,
  seed: number,
  onProgress: (done: number) => void = () => {},
): Promise<Tally> {
  const chain = await createChain();
  const tally: Tally = { graphs, shown: 0, unopened: 0, stood: 0, wrong: [] };
  try {
    const contracts = await deploy(chain);
    const random = createRandom(seed);
    for (let i = 0; i < graphs; i++) {
      const own = random.fork();
      const sample = (i % 2 === 0 ? randomGraph : randomGeneration)(own);
      await playSample(contracts, own, sample.model, sample.input, tally, `graph ${i}`);
      onProgress(i + 1);
    }
  } finally {
    await chain.close();
  }
  return tally;
}

async function playSample(
  contracts: Contracts,
  random: Random,
  model: BuiltModel,
  input: Int8Array,
  tally: Tally,
  name: string,
): Promise<void> {
  const program = programOf(model.operators, model.parameters);
  const right = attestedOf(model, unsigned(input), tracedRun(model.operators, program.run(input)));
  const modelId = await contracts.publish(model);
  const kind = random.pick(forgeries);
  const wrong = forge(random, model, unsigned(input), right, kind);
  if (wrong) {
    const made = await contracts.attest({ modelId, ...wrong });
    const { number } = await contracts.challenge(made);
    const end = await challengeHonestly(contracts, model, unsigned(input), wrong.run, made.id, number);
    if (end === "shown") tally.shown++;
    if (end === "unopened") tally.unopened++;
    if ((await contracts.statusOf(made.id)) !== Status.refuted)
      tally.wrong.push(`${name}: a wrong attestation (${kind}) was not refuted: ${end}.`);
  }
  const made = await contracts.attest({ modelId, ...right });
  const { number } = await contracts.challenge(made);
  const found = await challengeAnyhow(contracts, random, model, unsigned(input), right.run, made.id, number);
  if (found !== undefined) tally.wrong.push(`${name}: ${found}`);
  await contracts.pass(2 * CLOCK);
  await contracts.settle(made.id);
  if ((await contracts.statusOf(made.id)) === Status.verified) tally.stood++;
  else tally.wrong.push(`${name}: a right attestation was not verified.`);
}

function attestedOf({ layout }: BuiltModel, input: Uint8Array, run: TracedRun): Attested {
  return {
    run,
    inputHash: tensorHash(tensorHeader(layout.input), input),
    outputHash: tensorHash(tensorHeader(layout.output), unsigned(run.outputs.at(-1) as Int8Array)),
    traceHash: run.trace.root,
  };
}

/** An attestation that is wrong; undefined where this way of forging changes nothing. */
function forge(
  random: Random,
  model: BuiltModel,
  input: Uint8Array,
  right: Attested,
  kind: (typeof forgeries)[number],
): Attested | undefined {
  const { layout, operators } = model;
  const moved = (bytes: Uint8Array, by = random.between(1, 255)): Uint8Array => {
    const at = random.between(0, bytes.length - 1);
    return bytes.map((byte, i) => (i === at ? byte + by : byte));
  };
  if (kind === "output") {
    const output = moved(unsigned(right.run.outputs.at(-1) as Int8Array));
    return { ...right, outputHash: tensorHash(tensorHeader(layout.output), output) };
  }
  if (kind === "input") return { ...right, inputHash: tensorHash(tensorHeader(layout.input), moved(input)) };
  const k = random.between(0, operators.length - 1);
  if (kind === "node") {
    const nodes = operators.map((_, i) => (i === k ? moved(new Uint8Array(32)) : bytesOf(right.run.treeOf(i).root)));
    return { ...right, traceHash: orderedTree(nodes).root };
  }
  if (kind === "written") {
    // Other bytes, computed from themselves all the way, and written at the end.
    const fed = fedOf(operators);
    if (fed === 0) return undefined;
    const output = moved(unsigned(right.run.outputs.at(-1) as Int8Array));
    const passed = passOf(model, input, output).outputs;
    const outputs = passed.map((each, i) => (i === passed.length - 1 ? signed(output) : each));
    return attestedOf(model, input, tracedRun(operators, outputs));
  }
  const outputs = right.run.outputs.map((each, i) => (i === k ? signed(moved(unsigned(each))) : each));
  if (kind === "carried") for (let i = k + 1; i < operators.length; i++) outputs[i] = computed(model, outputs, i);
  return attestedOf(model, input, tracedRun(operators, outputs));
}

const bytesOf = (hash: Hex): Uint8Array => Uint8Array.from(Buffer.from(hash.slice(2), "hex"));

/** An operator's output from those that it reads. */
function computed({ operators, parameters }: BuiltModel, outputs: readonly Int8Array[], k: number): Int8Array {
  const operator = operators[k] as AdmittedOperator;
  const none = new Int8Array(0);
  const [a = none, b = none] = operator.sources.map((source) => outputs[source] as Int8Array);
  const out = new Int8Array(operator.rows * operator.width);
  const site = { ...operator, a, b, out, parameters: operator.kind.prepare(parameters[k] ?? [], operator) };
  for (let row = 0; row < operator.rows; row++) operator.kind.fill(site, row, 0, operator.width);
  return out;
}

function passOf({ operators, parameters }: BuiltModel, input: Uint8Array, output: Uint8Array): TracedRun {
  const program = programOf(operators, parameters);
  const rows = signed(Uint8Array.from([...input, ...output.subarray(0, program.fed)]));
  return tracedRun(operators, program.pass(rows));
}

const gameModelOf = ({ layout, operators, parameters }: BuiltModel) => ({
  layout,
  model: { graph: layout.graph ?? [], operators, parameters },
  units: undefined,
});

function proverOf(model: BuiltModel, input: Uint8Array, run: TracedRun): ProverKnowledge {
  const header = bytesToHex(tensorHeader(model.layout.input));
  const shown = { header, base: bytesToHex(input), proof: [] };
  return { ...gameModelOf(model), run: () => run, input: () => shown };
}

/** Plays as one who has run the model again. Tells how it ended. */
async function challengeHonestly(
  contracts: Contracts,
  model: BuiltModel,
  input: Uint8Array,
  run: TracedRun,
  id: Hex,
  number: number,
): Promise<"shown" | "unopened" | "nothing found" | "refused"> {
  const prover = proverOf(model, input, run);
  const challenger: ChallengerKnowledge = {
    ...gameModelOf(model),
    pass: (given, output) => passOf(model, given, output),
  };
  for (;;) {
    const { question, isProvers } = await contracts.turn(id, number);
    if (question.stage === Stage.none) return "shown";
    const move = isProvers ? answer(prover, question) : reply(challenger, question, contracts.openingsOf(id));
    if (!move) return "nothing found";
    if (await contracts.move(isProvers ? PROVER : CHALLENGER, id, number, move)) continue;
    if (!isProvers) return "refused";
    await contracts.pass(CLOCK + 1);
    await contracts.timeout(id, number);
    return "unopened";
  }
}

/** Picks and demands anything. Returns what happened that must not; undefined if the challenge was lost. */
async function challengeAnyhow(
  contracts: Contracts,
  random: Random,
  model: BuiltModel,
  input: Uint8Array,
  run: TracedRun,
  id: Hex,
  number: number,
): Promise<string | undefined> {
  const prover = proverOf(model, input, run);
  const challenger: ChallengerKnowledge = {
    ...gameModelOf(model),
    pass: (given, output) => passOf(model, given, output),
  };
  for (;;) {
    const { question, isProvers } = await contracts.turn(id, number);
    if (question.stage === Stage.none) return undefined;
    const openings = contracts.openingsOf(id);
    if (!isProvers && reply(challenger, question, openings)) return "something differs in a right run.";
    const move = isProvers ? answer(prover, question) : anyMove(random, model, run, question);
    if (!(await contracts.move(isProvers ? PROVER : CHALLENGER, id, number, move)))
      return `${move.functionName} was refused.`;
  }
}

/** Any pick of a trace of at most 256 operators, each of which is opened at once; or any demand. */
function anyMove(random: Random, { layout, operators }: BuiltModel, run: TracedRun, question: Question): Move | Demand {
  if (question.stage === Stage.rows) {
    const { rows, width } = operators[question.operator] as AdmittedOperator;
    if (!isOpenedAtOnce({ rows, width })) throw new RangeError("The operator is larger than random ones are.");
    const [row, column] = [random.between(0, rows - 1), random.between(0, width - 1)];
    return { functionName: "demand", args: [BigInt(row), BigInt(column)] };
  }
  const k = random.between(1, operators.length - 1);
  const nodes = operators.map((_, i) => run.treeOf(i).root);
  const hashes = nodes.map((node, i) => leafHash(i, bytesOf(node)));
  const siblings = siblingsOf(hashes, k, 0, run.trace.proof(k).length);
  const operator = provenOperator(layout.graph ?? [], k);
  return { functionName: "pickOperator", args: [BigInt(k), nodes[k] as Hex, siblings, operator] };
}
