import type { Address, Hex } from "viem";
import { type Named, parameters } from "./contracts.ts";
import type { Event } from "./events.ts";

/** What somebody wants attested. */
export interface Work {
  /** Number of the prover's unit; undefined for a free attestation. */
  unit: number | undefined;
  /** What the model gives. */
  truth: Hex;
  /** Whether it belongs to what the provers do in an honest world, too. */
  ordinary: boolean;
}

/** An attestation on its way, as events tell it; what `work` and `answer` say only some know. */
export interface Case extends Named {
  readonly prover: Address;
  readonly work: Work;
  /** The output that the prover says; hidden until `opened`. */
  readonly answer: Hex;
  /** Which try of its work it is, from 0. */
  readonly attempt: number;
  round: number;
  stage: "sent" | "waiting" | "committing" | "revealing" | "done";
  drawBlock: number;
  drawUntil: number;
  drawnAt: number;
  commitUntil: number;
  revealUntil: number;
  /** Members of the present round. */
  members: Address[];
  /** How many of its round there are, and how many equal votes decide. */
  seats: number;
  threshold: number;
  /** All that ever had a seat in the first round. */
  firstMembers: Address[];
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
  round: 0,
  stage: "sent",
  ...{ drawBlock: 0, drawUntil: 0, drawnAt: 0, commitUntil: 0, revealUntil: 0 },
  ...{ members: [], seats: 0, threshold: 0, firstMembers: [] },
  ...{ commitments: new Map(), committed: new Set(), revealed: new Map() },
  opened: undefined,
  status: 0,
});

/** Seats of a round, and how many equal votes decide it. */
const panelOf = (round: number): Pick<Case, "seats" | "threshold"> =>
  round === 1
    ? { seats: parameters.firstPanel, threshold: parameters.firstThreshold }
    : { seats: parameters.secondPanel, threshold: parameters.secondThreshold };

/** Takes an event into its attestation. */
export function follow(at: Case, event: Event, now: number): void {
  switch (event.name) {
    case "DrawScheduled":
      Object.assign(at, panelOf(event.round), { stage: "waiting", members: [] });
      [at.round, at.drawBlock, at.drawUntil] = [event.round, event.drawBlock, event.drawUntil];
      break;
    case "PanelDrawn":
      [at.stage, at.drawnAt, at.members] = ["committing", now, event.members];
      [at.commitUntil, at.revealUntil] = [event.commitUntil, event.revealUntil];
      for (const votes of [at.commitments, at.committed, at.revealed]) votes.clear();
      if (event.round === 1) at.firstMembers = event.members;
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
    case "StatusChanged":
      [at.stage, at.status] = ["done", event.status];
      break;
  }
}

/** Whether everybody has revealed, so that the round can be settled at once. */
export const isComplete = (at: Case): boolean =>
  at.stage === "revealing" && at.opened !== undefined && at.revealed.size === at.committed.size;
