import type { Address, Hex } from "viem";
import { UNAVAILABLE } from "../../../sdk/votes.ts";
import { decidingThreshold, type Named, parameters } from "./contracts.ts";
import type { CaseEvent } from "./events.ts";

/** What somebody wants attested. */
export interface Work {
  /** Number of the prover's unit; undefined for a free attestation. */
  unit: number | undefined;
  /** What the model gives. */
  truth: Hex;
  /** Whether it belongs to what the provers do in an honest world, too. */
  ordinary: boolean;
}

/**
 * What an attestation waits for: to be taken; for its draw; for hidden votes; for missed seats to be filled again; for votes
 * to be opened; for an appeal or to be settled.
 */
type Stage = "sent" | "waiting" | "committing" | "missed" | "revealing" | "over" | "done";

/** An attestation on its way, as events tell it; what `work` and `answer` say only some know. */
export interface Case extends Named {
  readonly prover: Address;
  readonly work: Work;
  /** The output that the prover says; hidden until `opened`. */
  readonly answer: Hex;
  /** Which try of its work it is, from 0. */
  readonly attempt: number;
  /** How often the contract didn't take it. */
  refusals: number;
  /** 1, or 2 for the deciding panel's. */
  round: number;
  stage: Stage;
  drawBlock: number;
  drawUntil: number;
  drawnAt: number;
  commitUntil: number;
  revealUntil: number;
  /** Members of the present round, without those whose seats were filled again, and their seats' numbers. */
  members: Address[];
  numbers: Map<Address, number>;
  /** Seats dealt in both rounds. */
  dealt: number;
  refilled: boolean;
  /** How many seats of its round vote, and how many equal votes decide. */
  seats: number;
  threshold: number;
  /** The first panel as it was drawn, and the votes that the first round ended with. */
  firstMembers: Address[];
  firstVotes: ReadonlyMap<Address, Hex>;
  /** What the first panel decided. */
  decision: Hex | undefined;
  appellant: Address | undefined;
  /** From when on anybody who asks is served the input by honest members; Infinity until one has it. */
  sharedAt: number;
  /** The present round's hidden votes, as anybody reads them in its transactions. */
  commitments: Map<Address, Hex>;
  committed: Set<Address>;
  revealed: Map<Address, Hex>;
  opened: Hex | undefined;
  status: number;
}

export const createCase = (named: Named, fields: Pick<Case, "work" | "answer" | "attempt">): Case => ({
  ...named,
  ...fields,
  prover: named.attestation.prover,
  ...{ refusals: 0, round: 0, stage: "sent" },
  ...{ drawBlock: 0, drawUntil: 0, drawnAt: 0, commitUntil: 0, revealUntil: 0 },
  ...{ members: [], numbers: new Map(), dealt: 0, refilled: false, seats: 0, threshold: 0 },
  ...{ firstMembers: [], firstVotes: new Map(), decision: undefined, appellant: undefined },
  ...{ sharedAt: Number.POSITIVE_INFINITY, commitments: new Map(), committed: new Set(), revealed: new Map() },
  opened: undefined,
  status: 0,
});

/** Takes an event into its attestation. */
export function follow(at: Case, event: CaseEvent, now: number): void {
  switch (event.name) {
    case "DrawScheduled":
      Object.assign(at, { stage: "waiting", members: [], numbers: new Map(), seats: 0, threshold: 0 });
      [at.round, at.drawBlock, at.drawUntil] = [event.round, event.drawBlock, event.drawUntil];
      break;
    case "PanelDrawn":
      for (const votes of [at.commitments, at.committed, at.revealed]) votes.clear();
      seat(at, event, [], now);
      if (event.round === 1) at.firstMembers = event.members;
      break;
    case "PanelRefilled":
      seat(at, event, [...at.committed], now);
      at.refilled = true;
      break;
    case "VoteCommitted":
      at.committed.add(event.member);
      break;
    case "RevealOpened":
      [at.stage, at.commitUntil, at.revealUntil] = ["revealing", now, event.revealUntil];
      break;
    case "VoteRevealed":
      at.revealed.set(event.member, event.outputHash);
      break;
    case "Attested":
      at.opened = event.outputHash;
      break;
    case "RevealEnded":
      at.revealUntil = event.revealUntil;
      end(at);
      break;
    case "AppealOpened":
      at.appellant = event.appellant;
      break;
    case "StatusChanged":
      [at.stage, at.status] = ["done", event.status];
      break;
  }
}

/** Gives members the next seats, beside those who `stay`. */
function seat(
  at: Case,
  {
    members,
    commitUntil,
    revealUntil,
  }: Pick<CaseEvent & { name: "PanelRefilled" }, "members" | "commitUntil" | "revealUntil">,
  stay: readonly Address[],
  now: number,
): void {
  const kept = stay.map((member) => [member, at.numbers.get(member) as number] as const);
  at.numbers = new Map([...kept, ...members.map((member, i) => [member, at.dealt + i] as const)]);
  at.members = [...at.numbers.keys()];
  at.dealt += members.length;
  [at.stage, at.drawnAt, at.commitUntil, at.revealUntil] = ["committing", now, commitUntil, revealUntil];
  at.seats = at.members.length;
  at.threshold = at.round === 1 ? parameters.firstThreshold : decidingThreshold(at.seats);
}

/** The time to commit is over: says whether votes are opened now, or missed seats of a first panel are to be filled again. */
export function endCommits(at: Case): boolean {
  const isOpened = at.round > 1 || at.refilled || at.committed.size === at.seats;
  at.stage = isOpened ? "revealing" : "missed";
  return isOpened;
}

/** A round is over. */
export function end(at: Case): void {
  at.stage = "over";
  if (at.round > 1) return;
  at.firstVotes = new Map(at.revealed);
  at.decision = [...at.firstVotes.values()].find((vote) => vote !== UNAVAILABLE && votesFor(at, vote) >= at.threshold);
}

/** Equal votes of the round for a value so far. */
export const votesFor = ({ revealed }: Case, value: Hex): number =>
  [...revealed.values()].filter((vote) => vote === value).length;
