import { assumptions } from "../assumptions.ts";
import { mostPending, parameters } from "../contracts.ts";
import { attest, deposit, workOf } from "../provers.ts";
import type { Actor, Ring, World } from "../world.ts";
import { allOf, type Strategy } from "./strategy.ts";

const HOUR = 3_600;

/** Free attestations of each prover that makes some all the time. */
const SOME = 10;

/** What a prover does here besides is honest: its own units. */
export const provers: readonly Strategy[] = [
  {
    name: "selective content",
    about: "Free attestations whose input is served to all members but one.",
    prover: { serves: ({ members }, { address }) => (members[0] === address ? Number.POSITIVE_INFINITY : 30) },
    begins: (ring, world) => freely(ring, world, SOME, HOUR),
  },
  {
    name: "late content",
    about: "Free attestations whose input is served just when half of the members have given up.",
    prover: { serves: () => parameters.commitWindow / 2 },
    begins: (ring, world) => freely(ring, world, SOME, HOUR),
  },
  {
    name: "content for the deciding panel",
    about: "Free attestations whose input is served to nobody until the deciding panel is drawn.",
    prover: { serves: (at) => (at.round === 1 ? Number.POSITIVE_INFINITY : 30) },
    begins: (ring, world) => freely(ring, world, SOME, HOUR),
  },
  {
    name: "poisoning",
    about:
      "Free attestations whose input only friends can fetch: the others vote UNAVAILABLE, and lose where friends decide.",
    member: {},
    prover: { serves: () => Number.POSITIVE_INFINITY },
    begins: (ring, world) => freely(ring, world, SOME, HOUR),
  },
  {
    name: "flooding",
    about: "More free attestations at once than all members can run in time.",
    prover: { insists: false },
    begins: (ring, world) => freely(ring, world, Math.ceil((1.2 * capacityOf(world)) / ring.provers.size), 0),
  },
  {
    name: "flooding units",
    about: "Units of many accounts, each time as many as the list may have under way: others wait.",
    prover: { insists: false },
    begins: floodUnits,
  },
  {
    name: "flooding an outage",
    about: "A third of the honest members is down for five hours; their seats are multiplied by free attestations.",
    prover: {},
    begins(ring, world) {
      const verifiers = [...world.verifiers].flatMap((address) => world.actors.get(address) ?? []);
      for (const [i, verifier] of verifiers.entries()) if (i % 3 === 0) verifier.downUntil = world.now() + 5 * HOUR;
      freely(ring, world, SOME, 0);
    },
  },
  {
    name: "silent prover",
    about: "Free attestations whose answer is never opened: members wait and vote for nothing.",
    prover: { reveals: ({ work }) => work.ordinary },
    begins: (ring, world) => freely(ring, world, SOME, HOUR),
  },
  {
    name: "self-dealing",
    about: "Free attestations of provers whose friends are paid as members, without running them.",
    prover: {},
    member: {},
    begins: (ring, world) => freely(ring, world, SOME, HOUR),
  },
  {
    name: "freeloading",
    about: "Provers leave drawing and settling to bystanders.",
    prover: { draws: "never", refills: false, settles: false },
  },
  {
    name: "slow prover",
    about: "Provers draw late, open last, refill and settle nothing.",
    prover: { draws: "never", refills: false, settles: false, revealsWhen: "last" },
  },
];

/** First panels that all verifiers can serve in one commit window. */
const capacityOf = ({ verifiers }: World): number =>
  (verifiers.size * parameters.commitWindow) / assumptions.run / parameters.firstPanel;

/** Has each of a ring's provers commit free attestations: one each `pause` seconds, or all at once. */
function freely({ provers: ring }: Ring, world: World, count: number, pause: number): void {
  for (const address of ring) {
    const me = world.actors.get(address) as Actor;
    for (let n = 0; n < count; n++)
      world.at(world.now() + HOUR + n * pause, () => attest(me, workOf(me, 1_000 + n, undefined, false), world));
  }
}

/** Enrols as many accounts as there may be attestations under way; each commits a unit whenever these are over. */
async function floodUnits(ring: Ring, world: World): Promise<void> {
  const [first] = allOf(ring.provers, world) as [Actor];
  for (let n = 0; n < mostPending(world.verifiers.size); n++) {
    const me = await world.enrol(first.strategy, ring);
    ring.provers.add(me.address);
    world.at(world.now(), () => deposit(me, world));
    for (let unit = 0; unit * assumptions.underWay < world.lastWorkAt - world.now(); unit++)
      world.at(world.now() + HOUR + unit * assumptions.underWay, () =>
        attest(me, workOf(me, unit, unit, false), world),
      );
  }
}
