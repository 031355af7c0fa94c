import { from as parseAbi } from "ox/Abi";
import { fromHex as hexToBytes } from "ox/Bytes";
import type { Address } from "viem";
import { type Opening, type Question, questionOf, Stage } from "../dispute.ts";
import { Status } from "../protocol.ts";
import { type Assurance, defineMethod, type Judged } from "./method.ts";

/** The contract of docs/methods/dispute-game.md. */
export const disputeGameAbi = /* @__PURE__ */ parseAbi([
  "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
  "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
  "struct Batch { address prover; uint8 method; bytes32 modelId; bytes32 context; uint32 count; bytes32 root; }",
  "struct AssignedInput { bytes header; bytes base; bytes32[] proof; }",
  "struct GameModel { bytes32 operatorsRoot; bytes32 inputHeaderHash; bytes32 outputHeaderHash; uint16 operators; uint16 inputRows; uint16 inputWidth; uint16 fed; uint16 outputRows; uint16 outputWidth; }",
  "struct Dispute { bytes32 modelId; bytes32 root; bytes32 subject; bytes32 outputHash; uint32 challenges; uint32 open; uint96 spent; uint96 left; }",
  "struct Challenge { address challenger; uint40 since; uint24 proverLeft; uint24 challengerLeft; uint8 stage; bytes32 node; bytes32 trace; uint32 unit; uint16 operator; uint8 level; uint32 index; uint16 rows; uint16 width; uint16 column; uint96 spent; }",
  "struct UnitEnds { AssignedInput input; bytes outputHeader; bytes output; bytes32[] inputProof; bytes32[] outputProof; }",
  "struct ProvenOperator { bytes data; bytes32[] proof; }",
  "struct ProvenRow { uint256 count; bytes data; bytes32[] proof; bytes32 node; bytes32[] nodeProof; }",
  "struct Element { uint256 row; uint256 column; ProvenOperator operator; bytes data; bytes32[] proof; ProvenRow first; ProvenRow second; bytes parameters; bytes32[] parametersProof; }",
  "event ModelAdmitted(bytes32 indexed modelId, bytes32 operatorsRoot)",
  "event Challenged(bytes32 indexed id, address indexed challenger, uint32 number)",
  "event NodeOpened(bytes32 indexed id, uint32 number, uint256 position, bytes32[] children)",
  "event UnitOpened(bytes32 indexed id, uint32 number, uint256 position, bytes input, bytes output)",
  "event RowsOpened(bytes32 indexed id, uint32 number, uint256 position, bytes data)",
  "event Picked(bytes32 indexed id, uint32 number, uint256 position, bytes32 child)",
  "event Demanded(bytes32 indexed id, uint32 number, uint256 row, uint256 column)",
  "event ElementShown(bytes32 indexed id, uint32 number, uint256 position, uint256 row, uint256 column, int8 claimed, int8 correct)",
  "event ChallengeClosed(bytes32 indexed id, address indexed challenger, uint32 number, uint8 outcome)",
  "error ChallengesOpen(bytes32 id, uint256 open)",
  "error ElementIsRight(uint256 row, uint256 column, int8 value)",
  "error InvalidParameter(string name, uint256 value)",
  "error ModelAlreadyAdmitted(bytes32 modelId)",
  "error ModelNotAdmitted(bytes32 modelId)",
  "error NoSuchChallenge(bytes32 id, uint32 number)",
  "error NoSuchElement(uint256 row, uint256 column)",
  "error NotAGraphModel(bytes32 modelId)",
  "error NotRefuted(bytes32 id)",
  "error NotSupported(bytes4 hook)",
  "error NotTheChallenger(address caller, address challenger)",
  "error NotTheRegistry(address caller)",
  "error OutOfTime(bytes32 id, uint32 number, uint256 until)",
  "error OutOfTurn(bytes32 id, uint32 number)",
  "error TensorsTooLarge(uint256 length, uint256 rows)",
  "error TimeLeft(bytes32 id, uint32 number, uint256 until)",
  "error UnexpectedEvidence(bytes32 uid)",
  "error WrongAnswer(bytes32 uid)",
  "error WrongCampaign(bytes32 context)",
  "error WrongChild(uint256 index)",
  "error WrongMove(bytes32 id, uint32 number, uint8 stage)",
  "error WrongOpening(bytes32 id, uint256 position)",
  "error WrongOperator(uint256 operator)",
  "error WrongParameterRow(uint256 operator, uint256 row)",
  "error WrongTraceRow(uint256 operator, uint256 row)",
  "function admit(bytes32 modelId, bytes graph) external",
  "function admitsModels() external view returns (bool)",
  "function bondFor(uint32 count) external view returns (uint128)",
  "function bondPerUnit() external view returns (uint64)",
  "function campaign() external view returns (address)",
  "function canVoid() external view returns (bool)",
  "function challenge(Attestation attestation, Answer opened) external returns (uint32 number)",
  "function challengeBatch(Batch batch) external returns (uint32 number)",
  "function challengeBond(uint32 count) external view returns (uint128)",
  "function challengeOf(bytes32 id, uint32 number) external view returns (Challenge)",
  "function checksInput() external view returns (bool)",
  "function clock() external view returns (uint24)",
  "function demand(bytes32 id, uint32 number, uint256 row, uint256 column) external",
  "function disputeOf(bytes32 id) external view returns (Dispute)",
  "function gasPrice() external view returns (uint64)",
  "function isVerifiedOutput(Batch batch, uint256 unit, bytes output, bytes32[] outputProof, bytes32 trace, bytes32[] traceProof) external view returns (bool)",
  "function longest() external view returns (uint64)",
  "function modelOf(bytes32 modelId) external view returns (GameModel)",
  "function onAttest(bytes32 uid, Attestation attestation, Answer opened, bytes evidence) external",
  "function onAttestBatch(bytes32 id, Batch batch, uint256 leafBytes, bytes evidence) external",
  "function onAttestRoot(bytes32 id, Batch batch) external",
  "function onCommit(bytes32 uid, Attestation attestation) external",
  "function onReveal(bytes32 uid, Attestation attestation, Answer opened) external",
  "function onShown(bytes32 uid, uint64 until, bytes trace) external",
  "function onShownSettled(bytes32 uid, uint8 status, address by) external",
  "function open(bytes32 id, uint32 number, bytes32[] children) external",
  "function openRows(bytes32 id, uint32 number, bytes data) external",
  "function openUnit(bytes32 id, uint32 number, UnitEnds ends, bytes32[] children) external",
  "function openedAt(bytes32 id, uint256 position) external view returns (uint40)",
  "function pick(bytes32 id, uint32 number, uint256 index, bytes32 child, bytes32[] siblings) external",
  "function pickOperator(bytes32 id, uint32 number, uint256 index, bytes32 child, bytes32[] siblings, ProvenOperator operator) external",
  "function release(bytes32 id, uint32 number) external",
  "function requireModel(bytes32 modelId, bytes layoutBytes) external view",
  "function settle(bytes32 id) external",
  "function show(bytes32 id, uint32 number, Element element) external",
  "function timeout(bytes32 id, uint32 number) external",
  "function turnOf(bytes32 id, uint32 number) external view returns (bool isProvers, uint256 until)",
  "function verifiersOf(bytes32 id) external view returns (address[])",
  "function window() external view returns (uint40)",
]);

/** How a challenge ended; `Outcome` of the contract. */
export const DisputeOutcome = { open: 0, lost: 1, won: 2, released: 3 } as const;

/** A challenge, as far as the contract's events tell. */
export interface ChallengeState {
  number: number;
  challenger: Address;
  /** What was picked or demanded last; undefined before the first pick. */
  question: Question | undefined;
  /** One of {@link DisputeOutcome}. */
  outcome: number;
}

/** The element that decided a challenge, as the contract computed it. */
export interface WrongElement {
  challenger: Address;
  /** Position of the unit in its batch, from 0; 0 in a single attestation. */
  index: number;
  operator: number;
  row: number;
  column: number;
  /** What the prover attested, an int8. */
  claimed: number;
  /** What the model gives, an int8. */
  correct: number;
}

/** What DisputeGame's contract has said of an attestation. */
export interface DisputeGameDetail {
  challenges: ChallengeState[];
  /** By the position of what was opened. */
  openings: Map<bigint, Opening>;
  /** The element that was shown wrong; undefined while none was. */
  refutation: WrongElement | undefined;
}

/** What is in question, in an API's step. */
export interface Place {
  /** One of `Stage` of sdk/dispute.ts. */
  stage: number;
  /** The unit of the campaign; null where the attestation is not about units. */
  unit: string | null;
  /** 0 while it isn't known. */
  operator: number;
  level: number;
  index: number;
}

type DisputeGameStep =
  | { step: "challenged"; by: Address; challenge: number }
  | ({ step: "opened"; challenge: number; children: number; bytes: number } & Place)
  | ({ step: "picked"; challenge: number } & Place)
  | { step: "demanded"; challenge: number; row: string; column: string }
  | ({ step: "elementShown"; challenge: number; row: string; column: string; claimed: number; correct: number } & Place)
  | { step: "challengeClosed"; by: Address; challenge: number; outcome: number };

/** A root, a window, and a game that walks down to one number. */
export const disputeGame = defineMethod({
  id: 5,
  name: "DisputeGame",
  abi: disputeGameAbi,
  isRootOnly: true,
  begin: (): DisputeGameDetail => ({ challenges: [], openings: new Map(), refutation: undefined }),
  fold(detail, { eventName, args }) {
    const open = (position: bigint, opening: Opening) =>
      detail.openings.set(position, { ...detail.openings.get(position), ...opening });
    switch (eventName) {
      case "Challenged": {
        const { number, challenger } = args;
        detail.challenges[number] = { number, challenger, question: undefined, outcome: DisputeOutcome.open };
        break;
      }
      case "NodeOpened":
        open(args.position, { children: args.children });
        break;
      case "UnitOpened":
        open(args.position, { input: hexToBytes(args.input), output: hexToBytes(args.output) });
        break;
      case "RowsOpened":
        open(args.position, { data: hexToBytes(args.data) });
        break;
      case "Picked": {
        const challenge = detail.challenges[args.number];
        if (challenge) challenge.question = questionOf(args.position);
        break;
      }
      case "ElementShown":
        if (args.claimed !== args.correct) detail.refutation = wrongElement(detail, args);
        break;
      case "Demanded": {
        const challenge = detail.challenges[args.number];
        const demanded = { stage: Stage.element, index: Number(args.row), column: Number(args.column) };
        if (challenge?.question) challenge.question = { ...challenge.question, ...demanded };
        break;
      }
      case "ChallengeClosed": {
        const challenge = detail.challenges[args.number];
        if (challenge) challenge.outcome = args.outcome;
        break;
      }
    }
  },
  stepOf({ eventName, args }, firstUnit): DisputeGameStep | undefined {
    switch (eventName) {
      case "Challenged":
        return { step: "challenged", by: args.challenger, challenge: args.number };
      case "NodeOpened": {
        const { number: challenge, children } = args;
        return { step: "opened", challenge, children: children.length, bytes: 0, ...placeOf(args, firstUnit) };
      }
      case "RowsOpened": {
        const bytes = (args.data.length - 2) / 2;
        return { step: "opened", challenge: args.number, children: 0, bytes, ...placeOf(args, firstUnit) };
      }
      case "Picked":
        return { step: "picked", challenge: args.number, ...placeOf(args, firstUnit) };
      case "Demanded":
        return { step: "demanded", challenge: args.number, row: String(args.row), column: String(args.column) };
      case "ElementShown": {
        const { number: challenge, row, column, claimed, correct } = args;
        const element = { row: String(row), column: String(column), claimed, correct };
        return { step: "elementShown", challenge, ...element, ...placeOf(args, firstUnit) };
      }
      case "ChallengeClosed":
        return { step: "challengeClosed", by: args.challenger, challenge: args.number, outcome: args.outcome };
      default:
        return undefined;
    }
  },
  assurance(judged, { challenges, refutation }) {
    const { status, isBatch, count } = judged;
    const subject = isBatch
      ? `The root of the traces of all ${count} units is on chain`
      : "The root of the run's trace is on chain";
    if (status === Status.refuted) return refuted(judged, refutation);
    if (status === Status.pending)
      return {
        proven: `${subject}, and the prover has staked a bond on it.`,
        notProven: "That the answer is true: until the window ends, anyone who runs it again can challenge it.",
      };
    if (status !== Status.verified) return undefined;
    const stood = challenges.length === 0 ? "nobody challenged it" : `it stood ${challenges.length} challenges`;
    const isInputOpen = judged.firstUnit !== undefined && !isBatch && !judged.isPaid;
    return {
      proven: `${subject}; anyone who has the model could recompute it and refute one wrong number, and ${stood} within the window. ${inputOf(judged)}`,
      notProven: isInputOpen ? `${WATCHED} Nor is the input proven.` : WATCHED,
    };
  },
});

const WATCHED =
  "That a challenger was watching: one honest challenger who has the model's file and runs every attestation again is trusted to have challenged a wrong root in time.";

const placeOf = ({ position }: { position: bigint }, firstUnit: bigint | undefined): Place => {
  const { stage, unit, operator, level, index } = questionOf(position);
  return { stage, unit: firstUnit === undefined ? null : String(firstUnit + BigInt(unit)), operator, level, index };
};

function wrongElement(
  { challenges }: DisputeGameDetail,
  shown: { number: number; position: bigint; row: bigint; column: bigint; claimed: number; correct: number },
): WrongElement | undefined {
  const challenger = challenges[shown.number]?.challenger;
  if (challenger === undefined) return undefined;
  const { unit: index, operator } = questionOf(shown.position);
  const { claimed, correct } = shown;
  return { challenger, index, operator, row: Number(shown.row), column: Number(shown.column), claimed, correct };
}

function inputOf({ isBatch, firstUnit, isPaid }: Judged): string {
  if (isBatch)
    return "Each unit's input is the one assigned to it by the season's seed, its account and its number: the contract derives it whenever a unit is opened.";
  if (firstUnit === undefined) return "The input is the one that the attestation names.";
  return isPaid
    ? "The campaign derived the unit's assigned input when it paid, and it is the one that the attestation names."
    : "The input is the one that the attestation names; the campaign compares it with the assigned one when it pays.";
}

function refuted({ count, firstUnit }: Judged, refutation: WrongElement | undefined): Assurance {
  if (!refutation)
    return {
      proven: "The contract refuted the attestation: what a challenger asked for was not opened in time.",
      notProven: "Which number is wrong, nor whether the prover erred, lied or was only silent.",
    };
  const { challenger, index, operator, row, column, claimed, correct } = refutation;
  const unit = firstUnit === undefined ? "" : ` of unit ${firstUnit + BigInt(index)}`;
  const rest = "Anything about the other numbers, nor whether the prover erred or lied.";
  return {
    proven: `${challenger} walked down to row ${row}, column ${column} of operator ${operator}${unit}, all counted from 0: the prover attested ${claimed}, and the contract computed ${correct} from the model and from what the prover attested below it.`,
    notProven:
      count > 1 ? `${rest} One wrong number refutes all ${count} units, and nothing is said of the others.` : rest,
  };
}
