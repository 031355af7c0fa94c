import { type Hex, keccak256 } from "viem";
import type { Case, Work } from "../cases.ts";
import { hasFurtherPanel } from "../contracts.ts";
import type { Actor, Ring, World } from "../world.ts";

/** A member's place on a panel. */
export interface Place {
  at: Case;
  me: Actor;
  /** How many verifiers there are. */
  listed: number;
}

/** A place whose member has fetched and run, or given up. */
export interface Seat extends Place {
  /** What an honest member votes: the model's output, or UNAVAILABLE where it can't fetch what it has to run. */
  honest: Hex;
}

/** As early as one can, or just before it is too late. */
type Pace = "soon" | "last";

/** A verifier's moves; what a strategy leaves out is honest. */
export interface MemberPlay {
  /** Nothing stays away. */
  vote(seat: Seat): Hex | undefined;
  /** What is committed for a vote, if not the vote's own commitment. */
  commitment?(seat: Seat): Hex | undefined;
  commits: Pace;
  reveals(place: Place): boolean;
  revealsWhen: Pace;
  /** Done once it is seated. */
  seated?(place: Place, world: World): void;
}

/** A prover's moves; what a strategy leaves out is honest. */
export interface ProverPlay {
  answer(work: Work): Hex;
  /** Whether it opens its answer. */
  reveals(at: Case): boolean;
  revealsWhen: Pace;
  /** Who draws: the prover at once; others; or the prover, if it likes the panel. */
  draws: "soon" | "never" | ((at: Case, me: Actor, panel: readonly Hex[]) => boolean);
  settles: boolean;
  /** How often a unit is tried that ends Void. */
  tries: number;
  /** Seconds from the draw until a member can fetch the input of a free attestation; Infinity for never. */
  serves(at: Case, member: Actor): number;
}

/** A way to play. */
export interface Strategy {
  name: string;
  /** What it does, in a sentence. */
  about: string;
  member?: Partial<MemberPlay>;
  prover?: Partial<ProverPlay>;
  /** Its provers are among its members. */
  isListed?: boolean;
  /** Nobody draws for others. */
  nobodyDraws?: boolean;
  /** A verifier's points are capped at half of what it would earn. */
  isCapped?: boolean;
  /** Its members aren't on the list when the season begins. */
  startsOff?: boolean;
  /** What it does of its own accord, asked when the season begins. */
  begins?(ring: Ring, world: World): void;
}

/** The lie that a ring agrees on for a piece of work. */
export const lieAbout = ({ truth }: Work): Hex => keccak256(truth);

/** Whether the attestation is the ring's own. */
export const isOwn = ({ at, me }: Place): boolean => me.ring.provers.has(at.prover);

const held = ({ at, me }: Place): number => at.members.filter((member) => me.ring.members.has(member)).length;

/** Whether the ring holds enough seats of the round to decide it. */
export const decides = (place: Place): boolean => held(place) >= place.at.threshold;

/** Whether the ring holds enough seats of the round to keep it from a decision. */
export const blocks = (place: Place): boolean => held(place) > place.at.seats - place.at.threshold;

/** Whether the ring can void the attestation without being outvoted later: the list is too short for a further panel. */
export const voids = (place: Place): boolean => blocks(place) && (place.at.round > 1 || !hasFurtherPanel(place.listed));

/** Equal votes for the prover's answer so far. */
export const votesFor = ({ revealed, answer }: Case): number =>
  [...revealed.values()].filter((vote) => vote === answer).length;
