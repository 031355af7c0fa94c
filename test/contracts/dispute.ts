import type { HardhatEthers, HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import type { ContractTransactionResponse } from "ethers";
import { bytesToHex, type Hex, hexToBytes } from "viem";
import { type BuiltModel, GraphBuilder } from "../../inference/graphModel/build.ts";
import { programOf } from "../../inference/graphModel/program.ts";
import {
  answer,
  type ChallengerKnowledge,
  type Move,
  type Openings,
  type ProverKnowledge,
  reply,
} from "../../inference/methods/disputeGame/moves.ts";
import { type TracedRun, tracedRun, unitsTree } from "../../inference/methods/disputeGame/run.ts";
import { signed, unsigned } from "../../inference/operators/operator.ts";
import { type Answer, type Attestation, answerHash, type Batch, tensorHash, unitSeed } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { type Opening, positionOf, type Question, Stage } from "../../sdk/dispute.ts";
import { encodeLayout, tensorHeader } from "../../sdk/layouts.ts";
import type { AssignedInput } from "../../sdk/units.ts";
import { showInput, unitInput } from "../../sdk/units.ts";
import type { DisputeGame } from "../../types/ethers-contracts/index.ts";
import { ETHER, hash, protocol, publication, WINDOW } from "./fixtures.ts";
import { contextOf, runSeason } from "./seasons.ts";

/** DisputeGame's number in these tests, and the task of its season. */
export const GAME = 3;
export const GAME_TASK = 1n;
const GAME_UNITS = 100_000;
export const CLOCK = 120;
export const GAS_PRICE = 100n;
export const UNIT_BOND = 1001n;

const elementsOf = (length: number, seed: number): Int8Array =>
  Int8Array.from({ length }, (_, i) => ((i * 37 + seed * 11) % 251) - 125);

const neurons = (count: number, inputs: number, seed = 1) =>
  Array.from({ length: count }, (_, i) => ({
    ...{ shift: 6, lo: -128, bias: 5 * i - 7 },
    weights: elementsOf(inputs, seed + i),
  }));

/** input 2 × 3 → linear 2 × 4 → table → add, the last one's output; each operator is opened at once. */
function small(): BuiltModel {
  const to = new GraphBuilder({ rows: 2, width: 3 });
  const sums = to.linear(0, neurons(4, 3));
  const bent = to.table(sums, elementsOf(256, 3));
  to.add(sums, bent, { m: 3, n: -5, shift: 2 });
  return to.finish({ name: "x", dims: [2, 3] }, { name: "y", dims: [2, 4] });
}

/** Operators of 300 rows: their rows are opened level by level, then one by one. */
function tall(): BuiltModel {
  const to = new GraphBuilder({ rows: 300, width: 2 });
  to.pick(to.linear(0, neurons(3, 2)), 7, 2);
  return to.finish({ name: "x", dims: [300, 2] }, { name: "y", dims: [2, 3] });
}

/** 301 operators: a trace is opened level by level. */
function long(): BuiltModel {
  const to = new GraphBuilder({ rows: 1, width: 2 });
  for (let k = 0; k < 300; k++) to.table(k, elementsOf(256, k % 3));
  return to.finish({ name: "x", dims: [1, 2] }, { name: "y", dims: [1, 2] });
}

/** A generation: 3 bytes of a prompt, 4 bytes that it writes, each from the two before it. */
function writing(): BuiltModel {
  const [prompt, fed] = [3, 3];
  const to = new GraphBuilder({ rows: prompt + fed, width: 1 }, fed);
  const rows = Array.from({ length: 256 }, (_, i) => elementsOf(4, i));
  const pairs = to.gather(to.embed(0, rows), {
    ...{ height: 1, across: prompt + fed, down: 1, outAcross: prompt + fed },
    ...{ kh: 1, kw: 2, sy: 1, sx: 1, top: 0, left: -1 },
  });
  to.argmax(to.pick(to.linear(pairs, neurons(200, 8)), prompt - 1, fed + 1));
  return to.finish({ name: "prompt", dims: [prompt] }, { name: "text", dims: [fed + 1] });
}

export const models = { small: small(), tall: tall(), long: long(), writing: writing() };

export type ModelName = keyof typeof models;

/** Runs a model on an input as an attestation names it. */
export function honestRun({ operators, parameters }: BuiltModel, input: Uint8Array): TracedRun {
  return tracedRun(operators, programOf(operators, parameters).run(signed(input)));
}

/** A run with one byte moved to another value. */
export function forged({ operators }: BuiltModel, run: TracedRun, operator: number, at: number, by = 1): TracedRun {
  const outputs = run.outputs.map((output, k) =>
    k === operator ? output.map((element, i) => (i === at ? element + by : element)) : output,
  );
  return tracedRun(operators, outputs);
}

/** An input of a model. */
export const someInput = ({ layout }: BuiltModel, seed = 5): Uint8Array =>
  unsigned(
    elementsOf(
      layout.input.dims.reduce((product, dim) => product * dim, 1),
      seed,
    ),
  );

/** A running season whose task 1 is the game's, on the small model; prover, other and two more have bonds. */
export async function gameProtocol(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await protocol(ethers);
  const game = await ethers.deployContract("DisputeGame", [p.campaign, p.bonds, WINDOW, CLOCK, GAS_PRICE, UNIT_BOND]);
  await p.registry.addMethod(game);
  const ids = {} as Record<ModelName, Hex>;
  for (const [name, { layout }] of Object.entries(models) as [ModelName, BuiltModel][]) {
    const bytes = encodeLayout(layout);
    await p.models.publish(publication, bytes, "0x", "ipfs://model");
    const [published] = await p.models.queryFilter(p.models.filters.ModelPublished(), "latest");
    ids[name] = published?.args.modelId as Hex;
    await game.admit(ids[name], bytes);
  }
  const rules = { modelId: ids.small, method: GAME, points: 5n, unitsPerAccount: GAME_UNITS, noise: 50 };
  const season = await runSeason(p, helpers, [], () =>
    p.campaign
      .connect(p.organiser)
      .addTask(1n, rules, bytesToHex(encodeLayout(models.small.layout)), bytesToHex(bases)),
  );
  const [challenger, friend] = p.accounts as [HardhatEthersSigner, HardhatEthersSigner];
  for (const account of [p.prover, p.other, challenger, friend]) await p.bonds.deposit(game, account, { value: ETHER });
  return { ...p, ...season, game, ids, helpers, challenger, friend };
}

export type Game = Awaited<ReturnType<typeof gameProtocol>>;

/** Three base inputs of the small model. */
const bases = unsigned(elementsOf(18, 9));
const task = { inputs: bases, inputCount: 3, noise: 50 };

/** An attestation that was recorded, and all that both sides know of it. */
export interface Attested {
  id: Hex;
  model: BuiltModel;
  prover: ProverKnowledge;
  challenger: ChallengerKnowledge;
  traces: Hex[];
  /** The runs as attested, unit by unit. */
  runs: TracedRun[];
}

export interface AttestedSingle extends Attested {
  attestation: Attestation;
  opened: Answer;
}

export interface AttestedBatch extends Attested {
  batch: Batch;
}

const gameModelOf = ({ layout, operators, parameters }: BuiltModel) => ({
  ...{ graph: layout.graph ?? [], operators, parameters },
});

/** One pass of a model over an input and an output, as a challenger makes it. */
export function passOf({ operators, parameters }: BuiltModel, input: Uint8Array, output: Uint8Array): TracedRun {
  const program = programOf(operators, parameters);
  return tracedRun(operators, program.pass(signed(Uint8Array.from([...input, ...output.slice(0, program.fed)]))));
}

/** What both sides know, of runs as they were attested and of the true ones. */
function known(
  model: BuiltModel,
  runs: TracedRun[],
  isBatch: boolean,
  honest: readonly TracedRun[],
  input: (unit: number) => AssignedInput,
) {
  const common = { layout: model.layout, model: gameModelOf(model) };
  const pass = (given: Uint8Array, output: Uint8Array) => passOf(model, given, output);
  return {
    ...{ model, runs, traces: runs.map(({ trace }) => trace.root) },
    prover: {
      ...common,
      units: isBatch ? unitsTree(runs) : undefined,
      run: (unit: number) => runs[unit] as TracedRun,
      input,
    },
    challenger: { ...common, units: isBatch ? unitsTree(honest) : undefined, pass },
  };
}

/** Records the prover's attestation of a run, which `change` may have forged. */
export async function attestRun(
  p: Game,
  name: ModelName,
  change = (run: TracedRun) => run,
  claimed: { output?: Uint8Array; input?: Uint8Array } = {},
): Promise<AttestedSingle> {
  const model = models[name];
  const honest = honestRun(model, someInput(model));
  return attestModel(p, model, p.ids[name], honest, change(honest), claimed);
}

/** Records the prover's attestation of a run of a model, whose honest one is known. */
export async function attestModel(
  p: Game,
  model: BuiltModel,
  modelId: Hex,
  honest: TracedRun,
  run: TracedRun,
  { output: claimedOutput, input: claimedInput }: { output?: Uint8Array; input?: Uint8Array } = {},
): Promise<AttestedSingle> {
  const { layout } = model;
  const input = someInput(model);
  const output = claimedOutput ?? unsigned(run.outputs.at(-1) as Int8Array);
  const headers = { input: tensorHeader(layout.input), output: tensorHeader(layout.output) };
  const opened = { outputHash: tensorHash(headers.output, output), traceHash: run.trace.root, salt: hash("salt") };
  const attestation = {
    ...{ prover: p.prover.address as Hex, method: GAME, modelId, context: FREE_CONTEXT },
    inputHash: tensorHash(headers.input, claimedInput ?? input),
    answer: answerHash(p.prover.address as Hex, opened),
  };
  const { method, inputHash, context } = attestation;
  await p.registry.connect(p.prover).attest(method, modelId, inputHash, context, opened, "0x");
  const shown = () => ({ header: bytesToHex(headers.input), base: bytesToHex(input), proof: [] });
  const id = (await p.registry.uidOf(attestation)) as Hex;
  return { id, attestation, opened, ...known(model, [run], false, [honest], shown) };
}

const seedOf = ({ seed, prover }: Game, unit: number) => unitSeed(seed, GAME_TASK, prover.address as Hex, BigInt(unit));

/** Records the prover's root-only batch of `count` units from `first` on, whose runs `change` may have forged. */
export async function attestRoot(
  p: Game,
  first: number,
  count: number,
  change = (run: TracedRun, _unit: number) => run,
): Promise<AttestedBatch> {
  const model = models.small;
  const seeds = Array.from({ length: count }, (_, i) => seedOf(p, first + i));
  const honest = seeds.map((seed) => honestRun(model, unsigned(unitInput(seed, task))));
  const runs = honest.map(change);
  const { root } = unitsTree(runs);
  const batch = {
    ...{ prover: p.prover.address as Hex, method: GAME, modelId: p.ids.small, count, root },
    context: await contextOf(p, GAME_TASK, BigInt(first)),
  };
  await p.registry.connect(p.prover).attestRoot(GAME, batch.modelId, batch.context, count, root);
  const shown = (unit: number) => showInput(seeds[unit] as Hex, task, model.layout.input);
  const id = (await p.registry.batchIdOf(batch)) as Hex;
  return { id, batch, ...known(model, runs, true, honest, shown) };
}

/** Begins a challenge; returns its number. */
export async function challenge(
  { game }: Game,
  account: HardhatEthersSigner,
  made: AttestedSingle | AttestedBatch,
): Promise<number> {
  const number = (await game.disputeOf(made.id)).challenges;
  const own = game.connect(account);
  if ("batch" in made) await own.challengeBatch(made.batch);
  else await own.challenge(made.attestation, made.opened);
  return Number(number);
}

/** What is in question in a challenge. */
export async function questionIn({ game }: Game, id: Hex, number: number): Promise<Question> {
  const { stage, unit, operator, level, index, column } = await game.challengeOf(id, number);
  const [s, u, o, l, i, c] = [stage, unit, operator, level, index, column].map(Number) as [
    ...[number, number, number, number, number, number],
  ];
  return { stage: s, unit: u, operator: o, level: l, index: i, ...(s === Stage.element ? { column: c } : {}) };
}

/** All that was opened of an attestation. */
async function openingsOf({ game }: Game, id: Hex): Promise<Openings> {
  const openings = new Map<bigint, Opening>();
  const add = (position: bigint, opening: Opening) => openings.set(position, { ...openings.get(position), ...opening });
  for (const { args } of await game.queryFilter(game.filters.NodeOpened(id)))
    add(args.position, { children: args.children as Hex[] });
  for (const { args } of await game.queryFilter(game.filters.UnitOpened(id)))
    add(args.position, { input: hexToBytes(args.input as Hex), output: hexToBytes(args.output as Hex) });
  for (const { args } of await game.queryFilter(game.filters.RowsOpened(id)))
    add(args.position, { data: hexToBytes(args.data as Hex) });
  return (question) => openings.get(positionOf(question));
}

/** Sends a move. */
export const send = (
  game: DisputeGame,
  id: Hex,
  number: number,
  { functionName, args }: Move,
): Promise<ContractTransactionResponse> => game.getFunction(functionName).send(id, number, ...args);

/** The next move of the side whose turn it is; undefined if the challenger finds nothing wrong. */
export async function nextMove(p: Game, made: Attested, number: number): Promise<Move | undefined> {
  const question = await questionIn(p, made.id, number);
  const { isProvers } = await p.game.turnOf(made.id, number);
  if (isProvers) return answer(made.prover, question, made.traces);
  return reply(made.challenger, question, await openingsOf(p, made.id));
}

/**
 * Plays a challenge until it is over, the challenger finds nothing wrong, or `until` says to stop. Returns the moves and
 * their gas.
 */
export async function play(
  p: Game,
  made: Attested,
  number: number,
  account = p.challenger,
  until: (question: Question, isProvers: boolean) => boolean = () => false,
): Promise<{ name: string; gas: bigint }[]> {
  const moves: { name: string; gas: bigint }[] = [];
  for (;;) {
    const question = await questionIn(p, made.id, number);
    if (question.stage === Stage.none) return moves;
    const { isProvers } = await p.game.turnOf(made.id, number);
    if (until(question, isProvers)) return moves;
    const move = await nextMove(p, made, number);
    if (!move) return moves;
    const sent = await send(p.game.connect(isProvers ? p.prover : account), made.id, number, move);
    moves.push({ name: move.functionName, gas: (await sent.wait())?.gasUsed ?? 0n });
  }
}

/** Stops a play where this stage is in question and it is this side's turn. */
export const at =
  (stage: number, side: "prover" | "challenger") =>
  (question: Question, isProvers: boolean): boolean =>
    question.stage === stage && isProvers === (side === "prover");

/** What a challenge of so many units locks, and an attestation of them. */
const levelsOf = (count: number) => BigInt(Math.ceil(Math.ceil(Math.log2(count)) / 8));
export const challengeBond = (count = 1): bigint => 2n * GAS_PRICE * (3_000_000n + 400_000n * levelsOf(count));
export const bondFor = (count = 1): bigint =>
  2n * GAS_PRICE * (1_500_000n + 100_000n * levelsOf(count)) + UNIT_BOND * BigInt(count);
