import type { Hex } from "viem";
import { INVALID, UNAVAILABLE } from "../../../../sdk/votes.ts";
import type { Case } from "../cases.ts";
import { parameters } from "../contracts.ts";
import { join, quit } from "../members.ts";
import type { Actor, Ring, World } from "../world.ts";
import { blocks, decides, isOneOfTwo, isOwn, type Seat, type Strategy, voids } from "./strategy.ts";

/** A vote on others' work; honest on the ring's own. */
const stranger = (seat: Seat, vote: Hex | undefined): Hex | undefined => (isOwn(seat) ? seat.honest : vote);

/** A first panel's seat on a unit, or on a free attestation. */
const isFirstOf = ({ at }: Seat, isUnit: boolean): boolean => at.round === 1 && (at.work.unit !== undefined) === isUnit;

const isRight = (at: Case): boolean => at.decision === at.work.truth;

/** Decided rightly about somebody else's work. */
function isRivals(at: Case, { provers }: Ring): boolean {
  return isRight(at) && !provers.has(at.prover);
}

/** Members who turn on others' work, or on their duty. */
export const members: readonly Strategy[] = [
  {
    name: "selective",
    about: "Members vote a rival's work down when they hold the threshold, and honestly elsewhere.",
    prover: {},
    member: { vote: (seat) => (decides(seat) ? stranger(seat, INVALID) : seat.honest) },
  },
  {
    name: "voiding",
    about: "Members vote UNAVAILABLE on others' work in deciding panels that can't decide without them.",
    prover: {},
    member: { vote: (seat) => (voids(seat) ? stranger(seat, UNAVAILABLE) : seat.honest) },
  },
  {
    name: "voiding at any cost",
    about: "Members vote UNAVAILABLE on others' work whenever that keeps the round from a decision.",
    prover: {},
    member: { vote: (seat) => (blocks(seat) ? stranger(seat, UNAVAILABLE) : seat.honest) },
  },
  {
    name: "voiding by absence",
    about: "The same, staying away.",
    prover: {},
    member: { vote: (seat) => (blocks(seat) ? stranger(seat, undefined) : seat.honest) },
  },
  {
    name: "listed provers",
    about:
      "Provers on the list themselves vote rivals down when they hold the threshold, and void them when that is free.",
    isListed: true,
    prover: {},
    member: {
      vote(seat) {
        if (decides(seat)) return stranger(seat, INVALID);
        return voids(seat) ? stranger(seat, UNAVAILABLE) : seat.honest;
      },
    },
  },
  {
    name: "accusing",
    about: "Members vote INVALID on everybody's work.",
    member: { vote: () => INVALID },
  },
  {
    name: "delaying",
    about: "Members keep first panels from deciding with UNAVAILABLE, and are honest in the deciding one.",
    member: { vote: (seat) => (seat.at.round === 1 && blocks(seat) ? UNAVAILABLE : seat.honest) },
  },
  {
    name: "making paid rounds",
    about: "Members vote UNAVAILABLE on others' free attestations, so that a deciding panel is called.",
    member: {
      vote: (seat) => (seat.at.work.unit === undefined && blocks(seat) ? UNAVAILABLE : seat.honest),
    },
  },
  {
    name: "UNAVAILABLE in pairs",
    about: "Just two members vote UNAVAILABLE on rivals' units, so that the rival pays half of the deciding panel.",
    prover: {},
    member: {
      vote: (seat) => (isFirstOf(seat, true) && isOneOfTwo(seat) ? stranger(seat, UNAVAILABLE) : seat.honest),
    },
  },
  {
    name: "free UNAVAILABLE in pairs",
    about: "The same on others' free attestations.",
    prover: {},
    member: {
      vote: (seat) => (isFirstOf(seat, false) && isOneOfTwo(seat) ? stranger(seat, UNAVAILABLE) : seat.honest),
    },
  },
  {
    name: "forcing refills",
    about:
      "Members don't commit in first panels, whose seats have to be filled again, and vote honestly in deciding ones.",
    prover: {},
    member: { vote: (seat) => (seat.at.round === 1 ? stranger(seat, undefined) : seat.honest) },
  },
  {
    name: "no refill",
    about: "The same on all work, and no bystander fills seats again, nor the ring's provers.",
    nobodyRefills: true,
    prover: { refills: false },
    member: { vote: (seat) => (seat.at.round === 1 ? undefined : seat.honest) },
  },
  {
    name: "absent deciding panel",
    about: "Members call the deciding panel with UNAVAILABLE on rivals' work, and stay away from it.",
    prover: {},
    member: {
      vote(seat) {
        if (seat.at.round > 1) return stranger(seat, undefined);
        return isOneOfTwo(seat) ? stranger(seat, UNAVAILABLE) : seat.honest;
      },
    },
  },
  {
    name: "appealing",
    about: "A ring appeals all that was decided rightly about rivals, at the last minute, to delay it.",
    prover: {},
    appeals: isRivals,
    appealsWhen: "last",
  },
  {
    name: "appealing undrawn",
    about: "The same, and nobody draws the deciding panel.",
    nobodyDraws: true,
    prover: { draws: (at) => at.round === 1 },
    appeals: isRivals,
  },
  {
    name: "appealing its own",
    about: "Provers appeal right decisions about themselves, and nobody draws the deciding panel until it lapses.",
    nobodyDraws: true,
    prover: { draws: (at) => at.round === 1 },
    appeals: (at, { provers }) => provers.has(at.prover) && isRight(at),
  },
  {
    name: "voting with the appellant",
    about: "A ring appeals what was decided rightly about rivals, and its members vote INVALID in the deciding panel.",
    prover: {},
    member: { vote: (seat) => (seat.at.round > 1 ? stranger(seat, INVALID) : seat.honest) },
    appeals: isRivals,
  },
  {
    name: "not revealing",
    about: "Members commit, and open nothing where that keeps the round from a decision.",
    member: { reveals: (seat) => !blocks(seat) },
  },
  {
    name: "last second",
    about: "Members commit and reveal just before it is too late.",
    member: { commits: "last", revealsWhen: "last" },
  },
  {
    name: "absent",
    about: "Members never vote.",
    member: { vote: () => undefined },
  },
  {
    name: "quitting",
    about: "Members leave the list as soon as they are seated, and don't vote.",
    member: {
      vote: () => undefined,
      seated({ me }, world) {
        if (me.ring.members.delete(me.address)) quit(me, world);
      },
    },
  },
  {
    name: "random votes",
    about: "Members vote anything.",
    member: { vote: ({ me, honest }) => me.random.pick([honest, INVALID, UNAVAILABLE, undefined]) },
  },
  {
    name: "copying commitments",
    about: "Members commit what another one has committed, and can't open it.",
    member: {
      commits: "last",
      commitment: ({ at }) => [...at.commitments.values()][0],
      reveals: () => false,
    },
  },
  {
    name: "leaving at the cap",
    about: "Members leave the list once a further seat earns them nothing.",
    isCapped: true,
    member: {},
    begins: (ring, world) => atTheCap(ring, world, async (member) => quit(member, world)),
  },
  {
    name: "sybil",
    about:
      "As many small verifiers: one that has reached the cap leaves, and another account of the same person joins.",
    isCapped: true,
    member: {},
    begins: (ring, world) =>
      atTheCap(ring, world, async (member) => {
        quit(member, world);
        const next = await world.enrol(member.strategy, ring);
        ring.members.add(next.address);
        next.missing = parameters.verifierBond;
        join(next, world);
      }),
  },
];

const HOUR = 3_600;

/** Does something with each of a ring's members once it has earned all that a verifier may; looks every hour. */
function atTheCap(ring: Ring, world: World, leave: (member: Actor) => Promise<void>): void {
  const look = async () => {
    for (const address of ring.members) {
      if ((await world.contracts.verifierPointsOf(address)) < world.verifierCap) continue;
      ring.members.delete(address);
      await leave(world.actors.get(address) as Actor);
    }
    if (world.now() < world.lastWorkAt) world.at(world.now() + HOUR, look);
  };
  world.at(world.now() + HOUR, look);
}
