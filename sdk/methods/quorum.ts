import { from as parseAbi } from "ox/Abi";
import { fromHex as hexToBytes } from "ox/Bytes";
import type { Address, Hex } from "viem";
import { Status } from "../protocol.ts";
import { INVALID, UNAVAILABLE } from "../votes.ts";
import { type Assurance, defineMethod, type Judged } from "./method.ts";

export const quorumAbi = /* @__PURE__ */ parseAbi([
  "struct Case { uint8 stage; uint8 round; bool proverRevealed; bool refilled; uint8 committed; uint8 revealed; uint8 firstSeats; uint40 listBlock; uint40 drawBlock; uint40 drawUntil; uint40 commitUntil; uint40 revealUntil; }",
  "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
  "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
  "struct Batch { address prover; uint8 method; bytes32 modelId; bytes32 context; uint32 count; bytes32 root; }",
  "struct QuorumParameters { uint8 firstPanel; uint8 firstThreshold; uint8 decidingPanel; uint8 decidingThreshold; uint8 load; uint16 drawDelay; uint40 drawWindow; uint40 commitWindow; uint40 revealWindow; uint40 appealWindow; uint128 verifierBond; uint128 voteLoss; uint128 absenceLoss; uint128 stake; uint128 seatFee; }",
  "struct Seat { address member; uint8 round; uint8 state; bytes32 vote; }",
  "event AppealOpened(bytes32 indexed uid, address indexed appellant)",
  "event DrawScheduled(bytes32 indexed uid, uint8 round, uint64 drawBlock, uint64 drawUntil)",
  "event Joined(address indexed member)",
  "event Left(address indexed member, uint64 bondFreeAt)",
  "event PanelDrawn(bytes32 indexed uid, uint8 round, address[] members, uint64 commitUntil, uint64 revealUntil)",
  "event PanelRefilled(bytes32 indexed uid, address[] members, uint64 commitUntil, uint64 revealUntil)",
  "event Penalised(bytes32 indexed uid, address indexed member, uint256 amount)",
  "event RevealEnded(bytes32 indexed uid, uint8 round, uint64 revealUntil)",
  "event RevealOpened(bytes32 indexed uid, uint8 round, uint64 revealUntil)",
  "event RoundUndecided(bytes32 indexed uid, uint8 round, uint8 votes)",
  "event RunShown(bytes32 indexed uid, uint64 until, bytes trace)",
  "event VoteCommitted(bytes32 indexed uid, uint8 round, address indexed member)",
  "event VoteRevealed(bytes32 indexed uid, uint8 round, address indexed member, bytes32 outputHash)",
  "error AlreadyCommitted(bytes32 uid, uint256 seat)",
  "error AlreadyMember(address account)",
  "error BondStillAtStake(uint64 until)",
  "error CaseClosed(bytes32 uid)",
  "error EmptyCommitment(bytes32 uid)",
  "error InvalidParameter(string name, uint256 value)",
  "error NoBondToRelease(address account)",
  "error NoTriesLeft(bytes32 context, uint256 tries)",
  "error NotAnOutput(bytes32 uid, bytes32 outputHash)",
  "error NotCommitting(bytes32 uid, uint8 round)",
  "error NotDrawing(bytes32 uid, uint8 stage)",
  "error NotMember(address account)",
  "error NotOnPanel(bytes32 uid, uint256 seat, address account)",
  "error NotRevealing(bytes32 uid, uint8 round)",
  "error NotShowable(bytes32 uid)",
  "error NotSupported(bytes4 hook)",
  "error NotTheFraudProof(address caller)",
  "error NotTheRegistry(address caller)",
  "error NotVoting(bytes32 uid, uint8 stage)",
  "error NothingCommitted(bytes32 uid, address member)",
  "error NothingToAppeal(bytes32 uid)",
  "error NothingToRefill(bytes32 uid)",
  "error TooEarlyToDraw(bytes32 uid, uint256 drawBlock)",
  "error TooEarlyToJoin(uint64 until)",
  "error TooEarlyToSettle(bytes32 uid, uint64 until)",
  "error TooFewVerifiers(uint256 verifiers, uint256 needed)",
  "error TooLateToDraw(bytes32 uid, uint64 drawUntil)",
  "error TooManyPending(uint256 pending, uint256 most)",
  "error UnexpectedTrace(bytes32 uid, bytes32 traceHash)",
  "error UnitHasAttestation(bytes32 context, bytes32 uid)",
  "error UnknownCase(bytes32 uid)",
  "error WrongCampaign(bytes32 context)",
  "error WrongReveal(bytes32 uid, address member)",
  "function admitsModels() external view returns (bool)",
  "function appeal(bytes32 uid) external",
  "function appellantOf(bytes32 uid) external view returns (address)",
  "function attestationOf(address prover, bytes32 context) external view returns (bytes32 uid)",
  "function beacon() external view returns (address)",
  "function campaign() external view returns (address)",
  "function caseOf(bytes32 uid) external view returns (Case)",
  "function canVoid() external view returns (bool)",
  "function checksInput() external view returns (bool)",
  "function commit(bytes32 uid, uint256 seat, bytes32 commitment) external",
  "function depositPerAttestation() external view returns (uint128)",
  "function draw(bytes32 uid, bytes proof) external",
  "function isMember(address account) external view returns (bool)",
  "function join() external",
  "function longest() external view returns (uint64)",
  "function memberCount() external view returns (uint256)",
  "function onAttest(bytes32 uid, Attestation attestation, Answer opened, bytes evidence) external",
  "function onAttestBatch(bytes32 id, Batch batch, uint256 leafBytes, bytes evidence) external",
  "function onAttestRoot(bytes32 id, Batch batch) external",
  "function onCommit(bytes32 uid, Attestation attestation) external",
  "function onReveal(bytes32 uid, Attestation attestation, Answer opened) external",
  "function onShown(bytes32 uid, uint64 until, bytes trace) external",
  "function onShownSettled(bytes32 uid, uint8 status, address by) external",
  "function parameters() external view returns (QuorumParameters)",
  "function pendingCount() external view returns (uint256)",
  "function quit() external",
  "function refill(bytes32 uid) external",
  "function release() external",
  "function requireModel(bytes32 modelId, bytes layoutBytes) external view",
  "function reveal(bytes32 uid, uint256 seat, bytes32 outputHash, bytes32 salt) external",
  "function seatsOf(bytes32 uid) external view returns (Seat[])",
  "function settle(bytes32 uid) external",
  "function verifiersOf(bytes32 id) external view returns (address[])",
]);

/** How far Quorum has got with an attestation. Times are unix seconds. */
export interface QuorumDetail {
  /** The panel's round: 1, or 2 for the deciding panel's; 0 until a draw is scheduled. */
  round: number;
  drawBlock: bigint;
  drawUntil: bigint;
  /** Members of the round's panel, without those whose missed seats were filled again; empty until it is drawn. */
  panel: readonly Address[];
  /** Numbers of the panel's seats among all seats of the attestation. */
  seats: ReadonlyMap<Address, bigint>;
  /** All seats that there are, of both rounds. */
  seatCount: bigint;
  commitUntil: bigint;
  revealUntil: bigint;
  /** Missed seats of the first panel were filled again. */
  refilled: boolean;
  /** All members have committed before `commitUntil`. */
  revealOpened: boolean;
  /** Members of this round who have committed. */
  committed: Set<Address>;
  /** What members of this round have revealed. */
  votes: Map<Address, Hex>;
  /** Who appealed the first panel's decision; undefined if nobody has. */
  appellant: Address | undefined;
  /** What members lost by their seats, in wei. */
  penalties: Map<Address, bigint>;
  /** The run that the prover has shown; undefined if it hasn't. */
  shown: ShownRun | undefined;
}

/** A run whose wrong rows anyone may refute. */
export interface ShownRun {
  /** End of the time to refute it, unix seconds. */
  until: bigint;
  /** Activations A_0 ‖ … ‖ A_L. */
  trace: Uint8Array;
}

type QuorumStep =
  | { step: "drawScheduled"; round: number; drawBlock: number; drawUntil: number }
  | { step: "panelDrawn"; round: number; members: Address[]; commitUntil: number; revealUntil: number }
  | { step: "panelRefilled"; members: Address[]; commitUntil: number; revealUntil: number }
  | { step: "voteCommitted"; round: number; by: Address }
  | { step: "revealOpened"; round: number; revealUntil: number }
  | { step: "voteRevealed"; round: number; by: Address; outputHash: Hex }
  | { step: "revealEnded"; round: number; revealUntil: number }
  | { step: "roundUndecided"; round: number; votes: number }
  | { step: "appealOpened"; by: Address }
  /** The prover showed its run; `until` then, a wrong row of it refutes the attestation. */
  | { step: "runShown"; until: number }
  /** A panel member lost part of its bond, in wei. */
  | { step: "penalised"; account: Address; amount: string };

/** A drawn panel re-runs the model. */
export const quorum = defineMethod({
  id: 1,
  name: "Quorum",
  abi: quorumAbi,
  begin: (): QuorumDetail => ({
    ...{ round: 0, drawBlock: 0n, drawUntil: 0n, seatCount: 0n, appellant: undefined, shown: undefined },
    penalties: new Map(),
    ...newRound(),
  }),
  fold(detail, { eventName, args }) {
    switch (eventName) {
      case "DrawScheduled": {
        const { round, drawBlock, drawUntil } = args;
        Object.assign(detail, { ...newRound(), round, drawBlock, drawUntil });
        break;
      }
      case "PanelDrawn":
        seat(detail, args, []);
        break;
      case "PanelRefilled":
        seat(
          detail,
          args,
          detail.panel.filter((member) => detail.committed.has(member)),
        );
        detail.refilled = true;
        break;
      case "VoteCommitted":
        detail.committed.add(args.member);
        break;
      case "RevealOpened":
        Object.assign(detail, { revealOpened: true, revealUntil: args.revealUntil });
        break;
      case "VoteRevealed":
        detail.votes.set(args.member, args.outputHash);
        break;
      case "RevealEnded":
        detail.revealUntil = args.revealUntil;
        break;
      case "AppealOpened":
        detail.appellant = args.appellant;
        break;
      case "Penalised":
        detail.penalties.set(args.member, (detail.penalties.get(args.member) ?? 0n) + args.amount);
        break;
      case "RunShown":
        detail.shown = { until: args.until, trace: hexToBytes(args.trace) };
        break;
    }
  },
  stepOf({ eventName, args }): QuorumStep | undefined {
    switch (eventName) {
      case "DrawScheduled": {
        const { round, drawBlock, drawUntil } = args;
        return { step: "drawScheduled", round, drawBlock: Number(drawBlock), drawUntil: Number(drawUntil) };
      }
      case "PanelDrawn":
        return { step: "panelDrawn", round: args.round, ...seatingOf(args) };
      case "PanelRefilled":
        return { step: "panelRefilled", ...seatingOf(args) };
      case "VoteCommitted":
        return { step: "voteCommitted", round: args.round, by: args.member };
      case "RevealOpened":
        return { step: "revealOpened", round: args.round, revealUntil: Number(args.revealUntil) };
      case "VoteRevealed":
        return { step: "voteRevealed", round: args.round, by: args.member, outputHash: args.outputHash };
      case "RevealEnded":
        return { step: "revealEnded", round: args.round, revealUntil: Number(args.revealUntil) };
      case "RoundUndecided":
        return { step: "roundUndecided", round: args.round, votes: args.votes };
      case "AppealOpened":
        return { step: "appealOpened", by: args.appellant };
      case "RunShown":
        return { step: "runShown", until: Number(args.until) };
      case "Penalised":
        return { step: "penalised", account: args.member, amount: String(args.amount) };
      default:
        return undefined;
    }
  },
  assurance: quorumAssurance,
});

const newRound = () => ({
  panel: [] as Address[],
  seats: new Map<Address, bigint>(),
  commitUntil: 0n,
  revealUntil: 0n,
  refilled: false,
  revealOpened: false,
  committed: new Set<Address>(),
  votes: new Map<Address, Hex>(),
});

/** Members who were given seats, and until when they vote. */
interface Seating {
  members: readonly Address[];
  commitUntil: bigint;
  revealUntil: bigint;
}

/** Seats members beside those of the panel who `stay`. */
function seat(detail: QuorumDetail, { members, commitUntil, revealUntil }: Seating, stay: readonly Address[]): void {
  const { seats, seatCount } = detail;
  const numbered = members.map((member, i) => [member, seatCount + BigInt(i)] as const);
  Object.assign(detail, {
    panel: [...stay, ...members],
    seats: new Map([...seats, ...numbered]),
    seatCount: seatCount + BigInt(members.length),
    ...{ commitUntil, revealUntil },
  });
}

const seatingOf = ({ members, commitUntil, revealUntil }: Seating) => ({
  ...{ members: [...members], commitUntil: Number(commitUntil), revealUntil: Number(revealUntil) },
});

/** Whether the panel's members may commit now. */
export const isCommitting = (detail: QuorumDetail, now: bigint): boolean =>
  isVoting(detail) && !detail.revealOpened && now < detail.commitUntil;

/** Whether seats of the first panel were missed that anyone may fill again now. */
export const isRefillable = (detail: QuorumDetail, now: bigint): boolean =>
  isVoting(detail) && !canReveal(detail) && now >= detail.commitUntil && now < detail.revealUntil;

/** Whether the panel's members and the prover may reveal now. */
export const isRevealing = (detail: QuorumDetail, now: bigint): boolean =>
  isVoting(detail) &&
  (detail.revealOpened || now >= detail.commitUntil) &&
  canReveal(detail) &&
  now < detail.revealUntil;

/** Whether the panel's round is over. */
export const isOver = (detail: QuorumDetail, now: bigint): boolean => isVoting(detail) && now >= detail.revealUntil;

/** The value that a first panel decided for; undefined if too few votes were equal, or for UNAVAILABLE. */
export function firstDecision({ votes }: QuorumDetail, firstThreshold: number): Hex | undefined {
  const groups = Map.groupBy(votes.values(), (vote) => vote);
  return [...groups].find(([vote, equal]) => vote !== UNAVAILABLE && equal.length >= firstThreshold)?.[0];
}

const isVoting = ({ panel, shown }: QuorumDetail): boolean => panel.length > 0 && shown === undefined;

/** Whether answers may be opened once the time to commit is over: not before missed first seats were filled again. */
const canReveal = ({ round, refilled, committed, panel }: QuorumDetail): boolean =>
  round > 1 || refilled || committed.size === panel.length;

const trustIn = (isDeciding: boolean): string =>
  `It rests on an honest majority of the panel${isDeciding ? "" : ", and on somebody who re-ran the model and would have appealed"}. Block producers can bias the draw, and a prover may tell members its answer.`;

function quorumAssurance({ status, firstUnit, outputHash }: Judged, detail: QuorumDetail): Assurance | undefined {
  const isUnit = firstUnit !== undefined;
  if (status === Status.refuted && outputHash === null)
    return {
      proven: "The prover committed to an answer and didn't reveal it in time.",
      notProven: "That the hidden answer was wrong.",
    };
  if (status !== Status.verified && status !== Status.refuted) return undefined;
  if (detail.shown !== undefined) return shownAssurance(status);
  const size = detail.panel.length;
  // Where a deciding panel wasn't drawn in time, the first panel's decision stands.
  const isDeciding = detail.round > 1 && size > 0;
  const votes = [...detail.votes.values()];
  const input = isUnit ? "the assigned input" : "the input that the attestation names";
  const drawn = `A ${isDeciding ? "deciding" : "drawn"} panel${size > 0 ? ` of ${size}` : ""} re-ran the model on ${input}, and`;
  if (status === Status.verified)
    return {
      proven: `${drawn} ${countOf(size, votes, outputHash)} got the prover's output, byte for byte.`,
      notProven: `That the members were honest and independent. ${trustIn(isDeciding)}`,
    };
  const winner = mostOf(votes.filter((vote) => vote !== outputHash && vote !== UNAVAILABLE));
  return {
    proven: `${drawn} ${countOf(size, votes, winner)} ${refutation(winner, isUnit)}.`,
    notProven: `That the panel was right. ${trustIn(isDeciding)}`,
  };
}

/** The votes count nothing once the prover has shown its run. */
const shownAssurance = (status: number): Assurance =>
  status === Status.verified
    ? {
        proven:
          "The prover showed all activations of its run, so anyone could recompute each of the integer model's rows exactly; nobody showed a wrong one within the window.",
        notProven:
          "That a challenger was watching: one honest challenger who re-runs what is shown is trusted to have refuted a wrong row in time.",
      }
    : {
        proven: "The prover showed all activations of its run, and the contract computed one of its rows to be wrong.",
        notProven: "Anything about the other rows, nor whether the prover erred or lied.",
      };

function refutation(winner: Hex | undefined, isUnit: boolean): string {
  if (winner === undefined) return "got something else";
  if (winner !== INVALID) return "got one and the same other output";
  return isUnit ? "found no valid run, or another input than the assigned one" : "found no valid run";
}

function countOf(size: number, votes: readonly Hex[], value: Hex | null | undefined): string {
  if (size === 0) return "enough of its members";
  const count = votes.filter((vote) => vote === value).length;
  return count === size ? "all of them" : `${count} of them`;
}

function mostOf(votes: readonly Hex[]): Hex | undefined {
  const groups = [...Map.groupBy(votes, (vote) => vote)];
  return groups.sort(([, a], [, b]) => b.length - a.length)[0]?.[0];
}
