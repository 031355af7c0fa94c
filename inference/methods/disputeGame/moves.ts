import { fromHex as hexToBytes } from "ox/Bytes";
import { fromBytes as bytesToHex } from "ox/Hex";
import type { Hex } from "viem";
import { isOpenedAtOnce, type Opening, type Question, Stage } from "../../../sdk/dispute.ts";
import type { Layout } from "../../../sdk/layouts.ts";
import { tensorHeader } from "../../../sdk/layouts.ts";
import { leafHash, leavesOf, type OrderedTree, orderedTree, siblingsOf } from "../../../sdk/tree.ts";
import { childrenOf, isRoot, type Place, rootPlace } from "../../../sdk/treeNode.ts";
import type { AssignedInput } from "../../../sdk/units.ts";
import type { AdmittedOperator } from "../../graphModel/admit.ts";
import { unsigned } from "../../operators/operator.ts";
import { type GameModel, provenOperator, type ShownElement, showElement } from "./element.ts";
import type { TracedRun } from "./run.ts";

/** Input and output of a unit, with what ties them to its trace: `UnitEnds` of the contract. */
interface UnitEnds {
  input: AssignedInput;
  outputHeader: Hex;
  output: Hex;
  inputProof: Hex[];
  outputProof: Hex[];
}

/** A move: a function of the contract, and its arguments behind the attestation's name and the challenge's number. */
export type Move =
  | { functionName: "open"; args: readonly [children: Hex[]] }
  | { functionName: "openUnit"; args: readonly [ends: UnitEnds, children: Hex[]] }
  | { functionName: "openRows"; args: readonly [data: Hex] }
  | { functionName: "pick"; args: readonly [index: bigint, child: Hex, siblings: Hex[]] }
  | {
      functionName: "pickOperator";
      args: readonly [
        ...pick: readonly [index: bigint, child: Hex, siblings: Hex[]],
        operator: { data: Hex; proof: Hex[] },
      ];
    }
  | { functionName: "show"; args: readonly [element: ShownElement] };

/** What one side knows of an attestation: what was attested, or what the model gives. */
interface Knowledge {
  layout: Pick<Layout, "output">;
  model: GameModel;
  /** The tree over the units' traces; undefined for a single attestation. */
  units: OrderedTree | undefined;
}

/** What the prover's side knows. */
export interface ProverKnowledge extends Knowledge {
  /** The attested run of a unit; of the one run, for 0. */
  run(unit: number): TracedRun;
  /** What proves a unit's input; of a single attestation, the input's header and bytes. */
  input(unit: number): AssignedInput;
}

/** What the challenger knows. */
export interface ChallengerKnowledge extends Knowledge {
  /** What the model gives where a unit's input and output are these, in one pass. */
  pass(input: Uint8Array, output: Uint8Array): TracedRun;
}

/** Where the node in question stands in its tree. */
function placeOf({ stage, operator, level, index }: Question, { model, units }: Knowledge): Place {
  if (stage === Stage.units) return { ...rootPlace((units as OrderedTree).count), level, index };
  if (stage === Stage.operators) return { ...rootPlace(model.operators.length), level, index };
  return { ...rootPlace((model.operators[operator] as AdmittedOperator).rows), level, index };
}

/** Whether bytes are in question: of a row, or of an operator that is opened at once. */
const isBytes = ({ stage, operator }: Question, { operators }: GameModel): boolean =>
  stage === Stage.row || (stage === Stage.rows && isOpenedAtOnce(operators[operator] as AdmittedOperator));

/** The children of a node, as they are shown: at level 0 of a batch or a trace, what the leaves hold. */
function childrenIn(tree: OrderedTree, place: Place, held: (index: number) => Hex | undefined): Hex[] {
  const { level, first, number } = childrenOf(place);
  const nodes = tree.nodes(level).slice(first, first + number);
  return level > 0 ? nodes : nodes.map((node, i) => held(first + i) ?? node);
}

/**
 * The move of the prover's side: opens what is in question, or shows the element that is demanded.
 *
 * @param traces What the batch's leaves hold: each unit's trace.
 */
export function answer(known: ProverKnowledge, question: Question, traces: readonly Hex[] = []): Move {
  const { model, units } = known;
  if (question.stage === Stage.units) {
    const children = childrenIn(units as OrderedTree, placeOf(question, known), (unit) => traces[unit]);
    return { functionName: "open", args: [children] };
  }
  const run = known.run(question.unit);
  const { operator, index: row } = question;
  if (question.stage === Stage.element) {
    const column = question.column as number;
    const isWhole = isOpenedAtOnce(model.operators[operator] as AdmittedOperator);
    const proof = isWhole ? run.treeOf(operator).proof(row) : [];
    const claimed = { data: bytesToHex(run.rowOf(operator, row)), proof };
    const element = showElement(model, run, { operator, row, column }, claimed, (k) => run.trace.proof(k));
    return { functionName: "show", args: [element] };
  }
  if (isBytes(question, model)) {
    const data = question.stage === Stage.row ? run.rowOf(operator, row) : unsigned(run.outputs[operator] as Int8Array);
    return { functionName: "openRows", args: [bytesToHex(data)] };
  }
  const place = placeOf(question, known);
  if (question.stage === Stage.rows)
    return { functionName: "open", args: [childrenIn(run.treeOf(operator), place, () => undefined)] };
  const children = childrenIn(run.trace, place, (k) => run.treeOf(k).root);
  if (!isRoot(place)) return { functionName: "open", args: [children] };
  return { functionName: "openUnit", args: [endsOf(known, run, question.unit), children] };
}

function endsOf({ layout, input, model }: ProverKnowledge, run: TracedRun, unit: number): UnitEnds {
  const last = model.operators.length - 1;
  return {
    input: input(unit),
    outputHeader: bytesToHex(tensorHeader(layout.output)),
    output: bytesToHex(unsigned(run.outputs[last] as Int8Array)),
    inputProof: run.trace.proof(0),
    outputProof: run.trace.proof(last),
  };
}

/** Finds what was opened at a position; undefined if nothing was. */
export type Openings = (question: Question) => Opening | undefined;

/**
 * The challenger's move at what is open: picks the first child that differs from what the model gives, or shows the wrong
 * element. Undefined if nothing differs: then the attestation is right as far as this goes.
 */
export function reply(known: ChallengerKnowledge, question: Question, openings: Openings): Move | undefined {
  const { model, units } = known;
  const opening = openings(question);
  if (!opening) throw new Error("What is in question isn't open yet.");
  if (question.stage === Stage.units)
    return pickDiffering(placeOf(question, known), opening, ({ level, first, number }) => {
      const own = units as OrderedTree;
      return own.nodes(level).slice(first, first + number);
    });
  const run = passOf(known, question, openings);
  if (isBytes(question, model)) return showDiffering(known, question, opening, run, openings);
  const tree = question.stage === Stage.rows ? run.treeOf(question.operator) : run.trace;
  const found = pickDiffering(
    placeOf(question, known),
    opening,
    ({ level, first, number }) => tree.nodes(level).slice(first, first + number),
    question.stage === Stage.operators,
  );
  if (found?.functionName !== "pick" || question.stage !== Stage.operators) return found;
  if (childrenOf(placeOf(question, known)).level > 0) return found;
  const [index, child, siblings] = found.args;
  const operator = provenOperator(model.graph, Number(index));
  return { functionName: "pickOperator", args: [index, child, siblings, operator] };
}

/** The question whose opening shows a unit's input and output. */
const unitQuestion = (unit: number, operators: number): Question => ({
  ...{ stage: Stage.operators, unit, operator: 0, level: rootPlace(operators).level, index: 0 },
});

function passOf(known: ChallengerKnowledge, { unit }: Question, openings: Openings): TracedRun {
  const opened = openings(unitQuestion(unit, known.model.operators.length));
  if (opened?.input === undefined || opened.output === undefined) throw new Error(`Unit ${unit} isn't open yet.`);
  return known.pass(opened.input, opened.output);
}

/** Hashes of a node's children, whose tree's leaves may hold hashes themselves. */
const hashed = ({ level, first }: { level: number; first: number }, children: readonly Hex[], holdHashes: boolean) =>
  level === 0 && holdHashes ? children.map((child, i) => leafHash(first + i, hexToBytes(child))) : children;

function pickDiffering(
  place: Place,
  { children = [] }: Opening,
  ownNodes: (among: { level: number; first: number; number: number }) => readonly Hex[],
  holdHashes = true,
): Extract<Move, { functionName: "pick" }> | undefined {
  const among = childrenOf(place);
  const nodes = hashed(among, children, holdHashes);
  const own = ownNodes(among);
  const i = nodes.findIndex((node, at) => node !== own[at]);
  if (i === -1) return undefined;
  const siblings = siblingsOf(nodes, i, among.level, place.level - among.level);
  return { functionName: "pick", args: [BigInt(among.first + i), children[i] as Hex, siblings] };
}

function showDiffering(
  known: ChallengerKnowledge,
  { stage, unit, operator, index }: Question,
  { data = new Uint8Array(0) }: Opening,
  run: TracedRun,
  openings: Openings,
): Move | undefined {
  const { rows, width } = known.model.operators[operator] as AdmittedOperator;
  const isRow = stage === Stage.row;
  const own = isRow ? run.rowOf(operator, index) : unsigned(run.outputs[operator] as Int8Array);
  const at = data.findIndex((byte, i) => byte !== own[i]);
  if (at === -1) return undefined;
  const row = isRow ? index : Math.floor(at / width);
  const attested = isRow ? [data] : leavesOf(data, rows);
  const claimed = {
    data: bytesToHex(attested[isRow ? 0 : row] as Uint8Array),
    proof: isRow ? [] : orderedTree(attested).proof(row),
  };
  const place = { operator, row, column: at % width };
  const nodeProof = (k: number) => attestedNodeProof(known, run, unit, operator, k, openings);
  return { functionName: "show", args: [showElement(known.model, run, place, claimed, nodeProof)] };
}

/** The proof in the attested trace of an operator's node before the one that was picked, from what was opened. */
function attestedNodeProof(
  { model }: Knowledge,
  run: TracedRun,
  unit: number,
  picked: number,
  k: number,
  openings: Openings,
): Hex[] {
  const top = unitQuestion(unit, model.operators.length);
  const place = rootPlace(model.operators.length);
  const among = childrenOf(place);
  const nodes = hashed(among, openings(top)?.children ?? [], true);
  const group = k >> among.level;
  const above = siblingsOf(nodes, group, among.level, place.level - among.level);
  if (among.level === 0) return above;
  // Those before the picked one's group are what the model gives; its own was opened.
  if (group !== picked >> among.level) return [...run.trace.proof(k).slice(0, among.level), ...above];
  const opened = openings({ ...top, level: among.level, index: group })?.children ?? [];
  const first = group << among.level;
  const below = hashed({ level: 0, first }, opened, true);
  return [...siblingsOf(below, k - first, 0, among.level), ...above];
}
