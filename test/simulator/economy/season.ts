import { VERIFIER_PERCENT } from "../../../sdk/protocol.ts";
import { assumptions } from "./assumptions.ts";
import { type Chain, createChain, SLOT } from "./chain.ts";
import { type Contracts, deploy, mostPending, parameters, UNIT_POINTS } from "./contracts.ts";
import { join, rejoin, reveal as revealVotes, seated } from "./members.ts";
import { attest, deposit, draw, end, follow, refill, reveal as revealAnswer, workOf } from "./provers.ts";
import { honest } from "./strategies/honest.ts";
import type { Strategy } from "./strategies/strategy.ts";
import { type Actor, createWorld, type Reactions, type Ring, type World } from "./world.ts";

/** Who plays a strategy: so many of the verifiers and of the provers. */
export interface Part {
  strategy: Strategy;
  members: number;
  provers: number;
}

/** A season to be played; whoever isn't in a part is honest. */
export interface Scenario {
  verifiers: number;
  /** Units that all provers do together. */
  units: number;
  seed: number;
  parts: readonly Part[];
  isCapped: boolean;
  /** Whether honest ones appeal what first panels decide wrongly. */
  isAppealed: boolean;
}

/** More points than anybody earns. */
const NO_CAP = 10 ** 9;

/** Plays a season on a chain of its own, to its end, and says what `look` sees then. */
export async function playSeason<Seen>(scenario: Scenario, look: (world: World) => Promise<Seen>): Promise<Seen> {
  const chain = await createChain();
  try {
    const contracts = await deploy(chain);
    // Other times make other blocks, and these other draws.
    await chain.mine(chain.now() + SLOT * scenario.seed, []);
    const world = await begin(chain, contracts, scenario);
    await world.run(reactionsIn(world));
    return await look(world);
  } finally {
    await chain.close();
  }
}

const reactionsIn = (world: World): Reactions => ({
  scheduled: (at) => draw(at, world),
  seated: (at, members) => seated(at, members, world),
  missed: (at) => refill(at, world),
  opened(at) {
    revealVotes(at, world);
    revealAnswer(at, world);
  },
  over: (at) => end(at, world),
  settled: (at) => follow(at, world),
  left: (member) => rejoin(member, world),
});

/** Everybody takes their place, and all work is planned. */
async function begin(chain: Chain, contracts: Contracts, scenario: Scenario): Promise<World> {
  const { verifiers, units, seed, parts, isCapped, isAppealed } = scenario;
  const perProver = Math.ceil(units / assumptions.provers);
  const verifierCap = isCapped ? capOf(perProver * assumptions.provers, verifiers) : NO_CAP;
  await contracts.openSeason(BigInt(verifierCap));
  const pause = pauseOf(verifiers);
  const workFor = (perProver + 1) * pause * assumptions.provers;
  const bystanders = {
    draw: !parts.some(({ strategy }) => strategy.nobodyDraws),
    refill: !parts.some(({ strategy }) => strategy.nobodyRefills),
  };
  const beginning = { chain, contracts, bystander: honest, seed, verifierCap, pause, isAppealed, bystanders, workFor };
  const world = await createWorld(beginning);

  const provers: Actor[] = [];
  const rings: { strategy: Strategy; ring: Ring }[] = [];
  for (const part of withHonest(parts, verifiers)) {
    const ring: Ring = { members: new Set(), provers: new Set() };
    const members: Actor[] = [];
    for (let i = 0; i < part.members; i++) members.push(await world.enrol(part.strategy, ring));
    for (const { address } of members) for (const list of [ring.members, world.verifiers]) list.add(address);
    for (let i = 0; i < part.provers; i++) {
      const listed = part.strategy.isListed ? members[i] : undefined;
      const prover = listed ?? (await world.enrol(part.strategy, ring));
      ring.provers.add(prover.address);
      provers.push(prover);
    }
    rings.push({ strategy: part.strategy, ring });
    world.rings.push(ring);
  }
  const customer = await world.enrol(honest, { members: new Set(), provers: new Set() });
  await open(world, [...provers, customer]);

  for (const { strategy, ring } of rings) await strategy.begins?.(ring, world);
  for (const [i, prover] of provers.entries())
    for (let unit = 0; unit < perProver; unit++)
      world.at(world.now() + pause * (unit * provers.length + i), () =>
        attest(prover, workOf(prover, unit, unit), world),
      );
  const free = Math.round(units * assumptions.freePerUnit);
  for (let n = 0; n < free; n++)
    world.at(world.now() + (workFor * n) / free, () => attest(customer, workOf(customer, n), world));
  return world;
}

/** Seconds between attestations: so many that a list bears the load. */
const pauseOf = (verifiers: number): number =>
  Math.ceil(assumptions.underWay / (assumptions.load * mostPending(verifiers)) / 60) * 60;

/** All parts, and the honest one that is left. */
function withHonest(parts: readonly Part[], verifiers: number): Part[] {
  const taken = (key: "members" | "provers") => parts.reduce((sum, part) => sum + part[key], 0);
  const rest = { members: verifiers - taken("members"), provers: assumptions.provers - taken("provers") };
  return [{ strategy: honest, ...rest }, ...parts];
}

/** Half of what a verifier earns on average. */
const capOf = (units: number, verifiers: number): number =>
  Math.ceil((units * Number((UNIT_POINTS * VERIFIER_PERCENT) / 100n)) / verifiers / 2);

/** Verifiers join, provers deposit; what that costs is nobody's concern here. */
async function open(world: World, provers: readonly Actor[]): Promise<void> {
  world.at(world.now(), () => {
    for (const address of world.verifiers) {
      const verifier = world.actors.get(address) as Actor;
      verifier.missing = parameters.verifierBond;
      if (!verifier.strategy.startsOff) join(verifier, world);
    }
    for (const prover of provers) deposit(prover, world);
  });
  await world.run(reactionsIn(world));
  for (const actor of world.actors.values()) actor.gas = 0;
}
