import { type Hex, keccak256, toHex } from "viem";
import { Status } from "../../../sdk/protocol.ts";
import { appeal, appealUntil } from "./appeals.ts";
import { assumptions } from "./assumptions.ts";
import { type Case, createCase, type Work } from "./cases.ts";
import { SLOT } from "./chain.ts";
import { soon } from "./members.ts";
import { honestProver } from "./strategies/honest.ts";
import type { ProverPlay } from "./strategies/strategy.ts";
import { type Actor, schedule, type World } from "./world.ts";

/** Seconds for which an honest prover tries to have an attestation taken. */
const INSISTS = 2 * 86_400;

const playOf = (actor: Actor): ProverPlay => ({ ...honestProver, ...actor.strategy.prover });

const proverOf = (at: Case, world: World): Actor => world.actors.get(at.prover) as Actor;

/** A piece of work of a prover; nothing for a unit's number makes it a free attestation. */
export const workOf = ({ address }: Actor, n: number, unit?: number, ordinary = true): Work => ({
  unit,
  truth: keccak256(toHex(`${unit === undefined ? "free" : "unit"} ${n} of ${address}`)),
  ordinary,
});

/** ETH for more attestations than anybody makes. */
const DEPOSIT = 100n * 10n ** 18n;

/** Deposits what a prover has at stake. */
export const deposit = (me: Actor, world: World): void =>
  world.send(me, world.contracts.calls.deposit(me.address, DEPOSIT));

/** Commits an attestation of a piece of work. */
export function attest(me: Actor, work: Work, world: World, attempt = 0): void {
  const { contracts, cases } = world;
  const answer = playOf(me).answer(work);
  const nonce: Hex = keccak256(toHex(`${work.truth} ${attempt}`));
  const at = createCase(contracts.attest(me.address, work.unit, answer, nonce), { work, answer, attempt });
  cases.set(at.uid, at);
  commit(at, me, world, world.now() + INSISTS);
}

/** Commits; an honest prover as soon as the list can bear it. */
function commit(at: Case, me: Actor, world: World, until: number): void {
  const { contracts } = world;
  const { insists } = playOf(me);
  world.at(world.now(), async () => {
    if (at.stage !== "sent") return;
    if (!insists || (await contracts.bears(at.work.unit))) world.send(me, contracts.calls.commit(at));
    else at.refusals++;
    if (insists && world.now() < until) world.at(soon(me, world), () => commit(at, me, world, until));
  });
}

/** A draw is due: who is concerned draws, or a bystander, or it lapses. */
export function draw(at: Case, world: World): void {
  const { drawBlock, drawUntil } = at;
  const isDue = () => at.stage === "waiting" && at.drawBlock === drawBlock;
  const first = world.chain.now() + (drawBlock + 1 - world.chain.height()) * SLOT;
  const drawnBy = (actor: Actor) => {
    if (isDue() && world.now() < drawUntil) world.send(actor, world.contracts.calls.draw(at.uid));
  };
  world.at(first, async () => {
    if (!isDue()) return;
    const actor = concernedBy(at, world);
    const { draws } = playOf(actor);
    const isLiked = typeof draws === "function" && draws(at, actor, await world.preview(at.uid));
    if (draws === "soon" || isLiked) drawnBy(actor);
  });
  if (world.bystanders.draw) world.at(first + assumptions.keeper, () => drawnBy(world.keeper));
  world.at(drawUntil, () => {
    if (isDue()) settle(at, world);
  });
}

/** Who loses if nobody draws: the appellant, or the prover where nobody has appealed. */
const concernedBy = (at: Case, world: World): Actor => world.actors.get(at.appellant ?? at.prover) as Actor;

/** First members haven't committed: the prover has their seats filled again, or a bystander. */
export function refill(at: Case, world: World): void {
  const me = proverOf(at, world);
  const filledBy = (actor: Actor, time: number) =>
    world.at(time, () => {
      if (at.stage === "missed") world.send(actor, world.contracts.calls.refill(at.uid));
    });
  if (playOf(me).refills) filledBy(me, soon(me, world));
  if (world.bystanders.refill) filledBy(world.keeper, world.now() + assumptions.keeper);
}

/** Votes are opened: the prover opens its answer. */
export function reveal(at: Case, world: World): void {
  if (at.opened !== undefined) return;
  const me = proverOf(at, world);
  const play = playOf(me);
  const { round, revealUntil } = at;
  const when = play.revealsWhen === "soon" ? soon(me, world) : revealUntil - SLOT * 2;
  schedule(world, me, when, () => {
    if (at.round !== round || at.stage !== "revealing" || !play.reveals(at)) return;
    world.send(me, world.contracts.calls.reveal(at, at.answer));
  });
}

/** A round is over: its decision may be appealed, or it is settled. */
export function end(at: Case, world: World): void {
  if (at.round > 1 || at.decision === undefined) {
    settle(at, world);
    return;
  }
  appeal(at, world);
  world.at(appealUntil(at), () => {
    if (at.stage === "over" && at.round === 1) settle(at, world);
  });
}

/** Has a round ended: by the prover, or a bystander. */
function settle(at: Case, world: World): void {
  const { round } = at;
  const me = proverOf(at, world);
  const settledBy = (actor: Actor, time: number) =>
    world.at(time, () => {
      const isOver = at.stage === "over" || (at.stage === "waiting" && world.now() >= at.drawUntil);
      if (at.round === round && isOver) world.send(actor, world.contracts.calls.settle(at.uid));
    });
  if (playOf(me).settles) settledBy(me, world.now() + SLOT);
  settledBy(world.keeper, world.now() + assumptions.keeper);
}

/** What follows a settlement: points, a penalty, another try. */
export function follow(at: Case, world: World): void {
  if (at.work.unit === undefined) return;
  const { calls } = world.contracts;
  const me = proverOf(at, world);
  if (at.status === Status.verified) world.at(soon(me, world), () => world.send(me, calls.award(at)));
  if (at.status === Status.refuted) world.at(soon(world.keeper, world), () => world.send(world.keeper, calls.burn(at)));
  if (at.status === Status.void && at.attempt + 1 < playOf(me).tries)
    world.at(soon(me, world), () => attest(me, at.work, world, at.attempt + 1));
}
