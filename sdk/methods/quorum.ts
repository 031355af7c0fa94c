import { from as parseAbi } from "ox/Abi";
import type { Address, Hex } from "viem";
import { INVALID, UNAVAILABLE } from "../commitments.ts";
import { Status } from "../protocol.ts";
import { type Assurance, defineMethod, type Judged } from "./method.ts";

export const quorumAbi = /* @__PURE__ */ parseAbi([
  "struct Case { uint8 round; bool drawn; bool proverRevealed; bool done; bool paysPanel; uint8 committed; uint8 revealed; uint40 listBlock; uint40 drawBlock; uint40 drawUntil; uint40 commitUntil; uint40 revealUntil; }",
  "struct Attestation { address prover; uint8 method; bytes32 modelId; bytes32 inputHash; bytes32 context; bytes32 answer; }",
  "struct Answer { bytes32 outputHash; bytes32 traceHash; bytes32 salt; }",
  "struct QuorumParameters { uint8 firstPanel; uint8 firstThreshold; uint8 secondPanel; uint8 secondThreshold; uint8 drawDelay; uint40 drawWindow; uint40 commitWindow; uint40 revealWindow; uint128 verifierBond; uint128 seatPenalty; uint128 seatFee; }",
  "struct Seat { address member; uint8 round; uint8 state; bytes32 vote; }",
  "struct Batch { address prover; uint8 method; bytes32 modelId; bytes32 context; uint32 count; bytes32 root; }",
  "event DrawScheduled(bytes32 indexed uid, uint8 round, uint64 drawBlock, uint64 drawUntil)",
  "event Joined(address indexed member)",
  "event Left(address indexed member, uint64 bondFreeAt)",
  "event PanelDrawn(bytes32 indexed uid, uint8 round, address[] members, uint64 commitUntil, uint64 revealUntil)",
  "event Penalised(bytes32 indexed uid, address indexed member, uint256 amount)",
  "event RevealOpened(bytes32 indexed uid, uint8 round, uint64 revealUntil)",
  "event RoundUndecided(bytes32 indexed uid, uint8 round, uint8 votes)",
  "event VoteCommitted(bytes32 indexed uid, uint8 round, address indexed member)",
  "event VoteRevealed(bytes32 indexed uid, uint8 round, address indexed member, bytes32 outputHash)",
  "error AlreadyCommitted(bytes32 uid, address member)",
  "error AlreadyDrawn(bytes32 uid, uint8 round)",
  "error AlreadyMember(address account)",
  "error BondStillAtStake(uint64 until)",
  "error CaseClosed(bytes32 uid)",
  "error EmptyCommitment(bytes32 uid)",
  "error InvalidParameter(string name, uint256 value)",
  "error NoBondToRelease(address account)",
  "error NotAnOutput(bytes32 uid, bytes32 outputHash)",
  "error NotCommitting(bytes32 uid, uint8 round)",
  "error NotMember(address account)",
  "error NotOnPanel(bytes32 uid, uint8 round, address account)",
  "error NotRevealing(bytes32 uid, uint8 round)",
  "error NotSupported(bytes4 hook)",
  "error NotTheRegistry(address caller)",
  "error NothingCommitted(bytes32 uid, address member)",
  "error TooEarlyToDraw(bytes32 uid, uint256 drawBlock)",
  "error TooEarlyToSettle(bytes32 uid, uint64 until)",
  "error TooFewVerifiers(uint256 verifiers, uint256 needed)",
  "error TooLateToDraw(bytes32 uid, uint64 drawUntil)",
  "error UnexpectedTrace(bytes32 uid, bytes32 traceHash)",
  "error UnitHasAttestation(bytes32 context, bytes32 uid)",
  "error UnknownCase(bytes32 uid)",
  "error WrongCampaign(bytes32 context)",
  "error WrongReveal(bytes32 uid, address member)",
  "function caseOf(bytes32 uid) external view returns (Case)",
  "function campaign() external view returns (address)",
  "function checksInput() external view returns (bool)",
  "function commit(bytes32 uid, bytes32 commitment) external",
  "function depositPerAttestation() external view returns (uint128)",
  "function draw(bytes32 uid) external",
  "function isMember(address account) external view returns (bool)",
  "function join() external",
  "function longest() external view returns (uint64)",
  "function memberCount() external view returns (uint256)",
  "function onAttest(bytes32 uid, Attestation attestation, Answer opened, bytes evidence) external",
  "function onAttestBatch(bytes32 id, Batch batch, uint256 leafBytes, bytes evidence) external",
  "function onCommit(bytes32 uid, Attestation attestation) external",
  "function onReveal(bytes32 uid, Attestation attestation, Answer opened) external",
  "function parameters() external view returns (QuorumParameters)",
  "function quit() external",
  "function release() external",
  "function requireModel(bytes32 modelId, bytes layoutBytes) external view",
  "function reveal(bytes32 uid, bytes32 outputHash, bytes32 salt) external",
  "function seatsOf(bytes32 uid) external view returns (Seat[])",
  "function settle(bytes32 uid) external",
  "function attestationOf(address prover, bytes32 context) external view returns (bytes32 uid)",
  "function verifiersOf(bytes32 id) external view returns (address[])",
]);

/** How far Quorum has got with an attestation. Times are unix seconds. */
export interface QuorumDetail {
  /** The panel's round, 1 or 2; 0 until a draw is scheduled. */
  round: number;
  drawBlock: bigint;
  drawUntil: bigint;
  /** Members of the round's panel; empty until it is drawn. */
  panel: readonly Address[];
  commitUntil: bigint;
  revealUntil: bigint;
  /** All members have committed before `commitUntil`. */
  revealOpened: boolean;
  /** Members of this round who have committed. */
  committed: Set<Address>;
  /** What members of this round have revealed. */
  votes: Map<Address, Hex>;
}

type QuorumStep =
  | { step: "drawScheduled"; round: number; drawBlock: number; drawUntil: number }
  | { step: "panelDrawn"; round: number; members: Address[]; commitUntil: number; revealUntil: number }
  | { step: "voteCommitted"; round: number; by: Address }
  | { step: "revealOpened"; round: number; revealUntil: number }
  | { step: "voteRevealed"; round: number; by: Address; outputHash: Hex }
  | { step: "roundUndecided"; round: number; votes: number }
  /** A panel member lost part of its bond, in wei. */
  | { step: "penalised"; account: Address; amount: string };

/** A drawn panel re-runs the model. */
export const quorum = defineMethod({
  id: 1,
  name: "Quorum",
  abi: quorumAbi,
  begin: (): QuorumDetail => ({ round: 0, drawBlock: 0n, drawUntil: 0n, ...newRound() }),
  fold(detail, { eventName, args }) {
    switch (eventName) {
      case "DrawScheduled": {
        const { round, drawBlock, drawUntil } = args;
        Object.assign(detail, { ...newRound(), round, drawBlock, drawUntil });
        break;
      }
      case "PanelDrawn": {
        const { members, commitUntil, revealUntil } = args;
        Object.assign(detail, { panel: members, commitUntil, revealUntil });
        break;
      }
      case "VoteCommitted":
        detail.committed.add(args.member);
        break;
      case "RevealOpened":
        Object.assign(detail, { revealOpened: true, revealUntil: args.revealUntil });
        break;
      case "VoteRevealed":
        detail.votes.set(args.member, args.outputHash);
        break;
    }
  },
  stepOf({ eventName, args }): QuorumStep | undefined {
    switch (eventName) {
      case "DrawScheduled": {
        const { round, drawBlock, drawUntil } = args;
        return { step: "drawScheduled", round, drawBlock: Number(drawBlock), drawUntil: Number(drawUntil) };
      }
      case "PanelDrawn": {
        const { round, members, commitUntil, revealUntil } = args;
        const until = { commitUntil: Number(commitUntil), revealUntil: Number(revealUntil) };
        return { step: "panelDrawn", round, members: [...members], ...until };
      }
      case "VoteCommitted":
        return { step: "voteCommitted", round: args.round, by: args.member };
      case "RevealOpened":
        return { step: "revealOpened", round: args.round, revealUntil: Number(args.revealUntil) };
      case "VoteRevealed":
        return { step: "voteRevealed", round: args.round, by: args.member, outputHash: args.outputHash };
      case "RoundUndecided":
        return { step: "roundUndecided", round: args.round, votes: args.votes };
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
  commitUntil: 0n,
  revealUntil: 0n,
  revealOpened: false,
  committed: new Set<Address>(),
  votes: new Map<Address, Hex>(),
});

/** Whether the panel's members may commit now. */
export const isCommitting = ({ panel, revealOpened, commitUntil }: QuorumDetail, now: bigint): boolean =>
  panel.length > 0 && !revealOpened && now < commitUntil;

/** Whether the panel's members and the prover may reveal now. */
export const isRevealing = ({ panel, revealOpened, commitUntil, revealUntil }: QuorumDetail, now: bigint): boolean =>
  panel.length > 0 && (revealOpened || now >= commitUntil) && now < revealUntil;

const PANEL_TRUST =
  "It rests on an honest majority of the panel. Block producers can bias the draw, and a prover may tell members its answer.";

function quorumAssurance({ status, firstUnit, outputHash }: Judged, detail: QuorumDetail): Assurance | undefined {
  const isUnit = firstUnit !== undefined;
  if (status === Status.refuted && outputHash === null)
    return {
      proven: "The prover committed to an answer and didn't reveal it in time.",
      notProven: "That the hidden answer was wrong.",
    };
  if (status !== Status.verified && status !== Status.refuted) return undefined;
  const size = detail.panel.length;
  const votes = [...detail.votes.values()];
  const input = isUnit ? "the assigned input" : "the input that the attestation names";
  const drawn = `A drawn panel${size > 0 ? ` of ${size}` : ""} re-ran the model on ${input}, and`;
  if (status === Status.verified)
    return {
      proven: `${drawn} ${countOf(size, votes, outputHash)} got the prover's output, byte for byte.`,
      notProven: `That the members were honest and independent. ${PANEL_TRUST}`,
    };
  const winner = mostOf(votes.filter((vote) => vote !== outputHash && vote !== UNAVAILABLE));
  return {
    proven: `${drawn} ${countOf(size, votes, winner)} ${refutation(winner, isUnit)}.`,
    notProven: `That the panel was right. ${PANEL_TRUST}`,
  };
}

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
