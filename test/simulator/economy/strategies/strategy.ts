import { type Hex, keccak256 } from "viem";
import type { Case, Work } from "../cases.ts";
import type { Actor, Ring, World } from "../world.ts";

/** A member's place on a panel. */
export interface Place {
  at: Case;
  me: Actor;
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
  /** Whether it has missed seats filled again. */
  refills: boolean;
  settles: boolean;
  /** Whether it commits again what wasn't taken because the list had too much to do. */
  insists: boolean;
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
  /** Nobody draws, or fills seats again, for others. */
  nobodyDraws?: boolean;
  nobodyRefills?: boolean;
  /** Whether an account of the ring appeals what the first panel decided; soon, or just before it is too late. */
  appeals?(at: Case, ring: Ring): boolean;
  appealsWhen?: Pace;
  /** A verifier's points are capped at half of what it would earn. */
  isCapped?: boolean;
  /** Its members aren't on the list when the season begins. */
  startsOff?: boolean;
  /** What it does of its own accord, asked when the season begins. */
  begins?(ring: Ring, world: World): void | Promise<void>;
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

/** Whether the ring can keep the attestation from a decision for good. */
export const voids = (place: Place): boolean => place.at.round > 1 && blocks(place);

/** Whether the place is one of the first two of the ring on the panel: as many as keep a first panel from deciding. */
export const isOneOfTwo = (place: Place): boolean => {
  const { at, me } = place;
  const ours = at.members.filter((member) => me.ring.members.has(member));
  return blocks(place) && ours.indexOf(me.address) <= at.seats - at.threshold;
};

/** The actors of these addresses. */
export const allOf = (addresses: Iterable<Hex>, { actors }: World): Actor[] =>
  [...addresses].flatMap((address) => actors.get(address) ?? []);
