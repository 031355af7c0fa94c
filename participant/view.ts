import { type Address, type Hex, hexToBytes, type Log, parseEventLogs } from "viem";
import { type ClaimView, foldClaim } from "../inference/verify/claims.ts";
import { type EventLog, eventsAbi } from "../inference/verify/events.ts";
import type { TaskInputs } from "../sdk/client.ts";
import type { Attestation } from "../sdk/commitments.ts";
import type { Head } from "./heads.ts";

/** Statuses as the registry counts them. */
export const PENDING = 1;
export const VERIFIED = 2;
export const REFUTED = 3;
export const VOID = 4;

/** A committed attestation and how far its verification has got. Times are unix seconds. */
export interface AttestationView {
  uid: Hex;
  attestation: Attestation;
  status: number;
  /** The account whose transaction settled it; undefined while it is pending. */
  settledBy: Address | undefined;
  /** What the prover revealed. */
  outputHash: Hex | undefined;
  /** The panel's round, 1 or 2; 0 under another method than Quorum. */
  round: number;
  drawBlock: bigint;
  drawUntil: bigint;
  /** Empty until the round's panel is drawn. */
  panel: readonly Address[];
  commitUntil: bigint;
  revealUntil: bigint;
  /** All members have committed before `commitUntil`. */
  revealOpened: boolean;
  /** This round's members who have committed. */
  committed: Set<Address>;
  /** This round's members who have revealed. */
  revealed: Set<Address>;
  /** Points were awarded or burned for it. */
  inLedger: boolean;
}

/** A season that was opened. Times are unix seconds. */
export interface SeasonView {
  seasonId: bigint;
  startsAt: bigint;
  endsAt: bigint;
  closesAt: bigint;
  openedIn: bigint;
  seed: Hex | undefined;
  tasks: TaskInputs[];
}

/** The events of a deployment folded into what its participants need to know. */
export interface View {
  /** The last block folded. */
  head: Head;
  seasons: Map<bigint, SeasonView>;
  attestations: Map<Hex, AttestationView>;
  /** Attestations and batches under FraudProof. */
  claims: Map<Hex, ClaimView>;
}

/** Folds logs, in the order of the chain, into `view`. */
export function foldLogs(view: Omit<View, "head">, tasks: Map<bigint, TaskInputs[]>, logs: readonly Log[]): void {
  for (const log of parseEventLogs({ abi: eventsAbi, logs: [...logs] })) {
    if (log.eventName === "TaskAdded") {
      const { seasonId, inputs } = log.args;
      const list = tasks.get(seasonId) ?? [];
      tasks.set(seasonId, list);
      list.push({ ...log.args, inputs: hexToBytes(inputs) });
    } else if (log.eventName === "SeasonOpened") {
      const { seasonId, startsAt, endsAt, closesAt } = log.args;
      const list = tasks.get(seasonId) ?? [];
      const openedIn = log.blockNumber;
      view.seasons.set(seasonId, { seasonId, startsAt, endsAt, closesAt, openedIn, seed: undefined, tasks: list });
    } else if (log.eventName === "SeasonSeeded") {
      const season = view.seasons.get(log.args.seasonId);
      if (season !== undefined) season.seed = log.args.seed;
    } else if (log.eventName === "Committed") {
      view.attestations.set(log.args.uid, begin(log.args));
    } else if (!foldAttestation(view, log)) {
      foldClaim(view.claims, log);
    }
  }
}

/** Folds what concerns a committed attestation; false if the log doesn't. */
function foldAttestation(view: Omit<View, "head">, log: EventLog): boolean {
  const attestation = view.attestations.get(subjectOf(log));
  if (attestation === undefined) return false;
  switch (log.eventName) {
    case "DrawScheduled": {
      const { round, drawBlock, drawUntil } = log.args;
      Object.assign(attestation, { ...emptyRound(), round, drawBlock, drawUntil });
      break;
    }
    case "PanelDrawn": {
      const { members, commitUntil, revealUntil } = log.args;
      Object.assign(attestation, { panel: members, commitUntil, revealUntil });
      break;
    }
    case "VoteCommitted":
      attestation.committed.add(log.args.member);
      break;
    case "RevealOpened":
      Object.assign(attestation, { revealOpened: true, revealUntil: log.args.revealUntil });
      break;
    case "VoteRevealed":
      attestation.revealed.add(log.args.member);
      break;
    case "Attested":
      attestation.outputHash = log.args.outputHash;
      break;
    case "StatusChanged":
      Object.assign(attestation, { status: log.args.status, settledBy: log.args.by });
      break;
    case "PointsAwarded":
    case "PointsBurned":
      attestation.inLedger = true;
      break;
  }
  return true;
}

function subjectOf({ args }: EventLog): Hex {
  if ("uid" in args) return args.uid;
  if ("subject" in args) return args.subject;
  return "id" in args && typeof args.id === "string" ? args.id : "0x";
}

const emptyRound = () => ({
  panel: [] as Address[],
  commitUntil: 0n,
  revealUntil: 0n,
  revealOpened: false,
  committed: new Set<Address>(),
  revealed: new Set<Address>(),
});

function begin({ uid, ...attestation }: Attestation & { uid: Hex }): AttestationView {
  return {
    uid,
    attestation,
    status: PENDING,
    settledBy: undefined,
    outputHash: undefined,
    round: 0,
    drawBlock: 0n,
    drawUntil: 0n,
    inLedger: false,
    ...emptyRound(),
  };
}

/** Whether the panel's members may commit now. */
export const isCommitting = ({ panel, revealOpened, commitUntil }: AttestationView, now: bigint): boolean =>
  panel.length > 0 && !revealOpened && now < commitUntil;

/** Whether the panel's members and the prover may reveal now. */
export const isRevealing = ({ panel, revealOpened, commitUntil, revealUntil }: AttestationView, now: bigint): boolean =>
  panel.length > 0 && (revealOpened || now >= commitUntil) && now < revealUntil;
