import { type Hex, keccak256, toHex } from "viem";
import { Status } from "../../../sdk/protocol.ts";
import { assumptions } from "./assumptions.ts";
import { type Case, createCase, type Work } from "./cases.ts";
import { SLOT } from "./chain.ts";
import { soon } from "./members.ts";
import { honestProver } from "./strategies/honest.ts";
import type { ProverPlay } from "./strategies/strategy.ts";
import { type Actor, schedule, type World } from "./world.ts";

/** A block's hash is known for so many blocks. */
const HASHES = 256;

const playOf = (actor: Actor): ProverPlay => ({ ...honestProver, ...actor.strategy.prover });

const proverOf = (at: Case, world: World): Actor => world.actors.get(at.prover) as Actor;

/** A piece of work of a prover; nothing for a unit's number makes it a free attestation. */
export const workOf = ({ address }: Actor, n: number, unit?: number, ordinary = true): Work => ({
  unit,
  truth: keccak256(toHex(`${unit === undefined ? "free" : "unit"} ${n} of ${address}`)),
  ordinary,
});

/** Commits an attestation of a piece of work. */
export function attest(me: Actor, work: Work, world: World, attempt = 0): void {
  const { contracts, cases } = world;
  const answer = playOf(me).answer(work);
  const nonce: Hex = keccak256(toHex(`${work.truth} ${attempt}`));
  const named = contracts.attest(me.address, work.unit, answer, nonce);
  cases.set(named.uid, createCase(named, { work, answer, attempt }));
  world.send(me, contracts.calls.commit(named));
}

/** A draw is due: the prover draws, or a bystander, or it lapses. */
export function draw(at: Case, world: World): void {
  const { drawBlock, drawUntil } = at;
  const { calls } = world.contracts;
  const me = proverOf(at, world);
  const { draws } = playOf(me);
  const isDue = () => at.stage === "waiting" && at.drawBlock === drawBlock;
  const timeOf = (block: number) => world.chain.now() + (block - world.chain.height()) * SLOT;
  const first = timeOf(drawBlock + 1);
  const drawnBy = (actor: Actor, time: number) =>
    world.at(time, () => {
      if (isDue() && world.now() < drawUntil) world.send(actor, calls.draw(at.uid));
    });

  if (draws === "soon") drawnBy(me, first);
  if (typeof draws === "function") {
    const forgotten = timeOf(drawBlock + HASHES + 1);
    world.at(first, async () => {
      if (!isDue()) return;
      if (draws(at, me, await world.preview(at.uid))) world.send(me, calls.draw(at.uid));
      else drawnBy(me, forgotten);
    });
  }
  if (!(me.strategy.nobodyDraws ?? false)) drawnBy(world.keeper, first + assumptions.keeper);
  world.at(drawUntil, () => {
    if (isDue()) settle(at, world);
  });
}

/** Votes are opened: the prover opens its answer, and the round ends in time. */
export function reveal(at: Case, world: World): void {
  const me = proverOf(at, world);
  const play = playOf(me);
  const { round, revealUntil } = at;
  if (at.opened === undefined) {
    const when = play.revealsWhen === "soon" ? soon(me, world) : revealUntil - SLOT * 2;
    schedule(world, me, when, () => {
      if (at.round !== round || at.stage !== "revealing" || !play.reveals(at)) return;
      world.send(me, world.contracts.calls.reveal(at, at.answer));
    });
  }
  world.at(revealUntil, () => {
    if (at.round === round && at.stage === "revealing") settle(at, world);
  });
}

/** Has a round ended: by the prover, or a bystander. */
export function settle(at: Case, world: World): void {
  const { round } = at;
  const me = proverOf(at, world);
  const settledBy = (actor: Actor, time: number) =>
    world.at(time, () => {
      const isOver = at.stage === "revealing" || (at.stage === "waiting" && world.now() >= at.drawUntil);
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
