import type { Address, Hex } from "viem";
import { UNAVAILABLE } from "../../../sdk/votes.ts";
import { assumptions } from "./assumptions.ts";
import type { Case } from "./cases.ts";
import { parameters } from "./contracts.ts";
import { honest, honestMember, honestProver } from "./strategies/honest.ts";
import type { MemberPlay, Seat } from "./strategies/strategy.ts";
import { type Actor, schedule, type World } from "./world.ts";

/** Seconds before a deadline at which somebody acts who waits for it. */
const JUST_BEFORE = 60;

/** Seconds after which who left the list, or was absent, may join again. */
const AWAY = 86_400;

const playOf = (actor: Actor): MemberPlay => ({ ...honestMember, ...actor.strategy.member });

const keyOf = ({ uid, round }: Case): string => `${uid} ${round}`;

/** When somebody acts on what it sees now: on a full minute, so that blocks are shared. */
export const soon = (actor: Actor, world: World): number =>
  60 * (Math.ceil(world.now() / 60) + actor.random.between(assumptions.reaction.least, assumptions.reaction.most));

/** Joins the list, with a full bond. */
export function join(member: Actor, world: World): void {
  const { calls } = world.contracts;
  if (member.missing > 0n) world.send(member, calls.deposit(member.address, member.missing));
  world.send(member, calls.join());
  Object.assign(member, { missing: 0n, hasLeft: false });
}

/** Leaves the list. */
export function quit(member: Actor, world: World): void {
  member.hasLeft = true;
  world.send(member, world.contracts.calls.quit());
}

/** Who was taken off the list joins again as soon as it may, while there is work to come. */
export function rejoin(member: Actor, world: World): void {
  if (member.hasLeft) return;
  const when = world.now() + AWAY + 60 * member.random.between(1, 10);
  if (when < world.lastWorkAt) world.at(when, () => join(member, world));
}

/** A panel is drawn, or filled again: these fetch, run and commit. */
export function seated(at: Case, members: readonly Address[], world: World): void {
  const { round } = at;
  share(at, members, world);
  for (const address of members) {
    const me = world.actors.get(address);
    const number = at.numbers.get(address);
    if (me === undefined) continue;
    const play = playOf(me);
    const { honest, ready } = examine(at, me, world);
    const place = { at, me };
    play.seated?.(place, world);
    const when = play.commits === "soon" ? ready : at.commitUntil - JUST_BEFORE;
    schedule(world, me, when, () => {
      const isSeated = at.round === round && at.numbers.get(address) === number;
      if (isSeated && at.stage === "committing") commit({ ...place, honest }, play, world);
    });
  }
}

/** From when on honest members who can fetch an input serve it to the others. */
function share(at: Case, members: readonly Address[], world: World): void {
  for (const address of members) {
    const me = world.actors.get(address);
    if (me === undefined || me.strategy !== honest) continue;
    const fetched = Math.max(at.drawnAt + waitFor(at, me, world), me.downUntil);
    at.sharedAt = Math.min(at.sharedAt, fetched + assumptions.passOn);
  }
}

/** What an honest member votes, and when it knows. */
function examine(at: Case, me: Actor, world: World): { honest: Hex; ready: number } {
  const { truth } = at.work;
  if (me.ran.has(at.uid)) return { honest: truth, ready: soon(me, world) };
  const fetched = fetchedAt(at, me, world);
  const { least, most } = assumptions.patience;
  const patience = at.drawnAt + parameters.commitWindow * (least + (most - least) * me.random.next());
  if (fetched > patience) return { honest: UNAVAILABLE, ready: patience };
  me.ran.add(at.uid);
  me.freeAt = Math.max(soon(me, world), fetched, me.freeAt) + assumptions.run;
  return { honest: truth, ready: me.freeAt };
}

/** When somebody can have what it has to run, from the prover or from honest members. */
export const fetchedAt = (at: Case, me: Actor, world: World): number =>
  Math.min(at.drawnAt + waitFor(at, me, world), Math.max(at.sharedAt, at.drawnAt));

/** Seconds from the draw until the prover serves it: models and units' inputs always can be had. */
function waitFor(at: Case, me: Actor, world: World): number {
  const prover = world.actors.get(at.prover) as Actor;
  if (at.work.unit !== undefined || me.ring.provers.has(at.prover)) return 0;
  return { ...honestProver, ...prover.strategy.prover }.serves(at, me);
}

function commit(seat: Seat, play: MemberPlay, world: World): void {
  const { at, me } = seat;
  const vote = play.vote(seat);
  if (vote === undefined) return;
  const { commitment, calls } = world.contracts;
  const hidden = play.commitment?.(seat) ?? commitment(at.uid, at.round, me.address, vote);
  me.votes.set(keyOf(at), vote);
  at.commitments.set(me.address, hidden);
  world.send(me, calls.commitVote(at.uid, at.numbers.get(me.address) as number, hidden));
}

/** The members that committed open their votes. */
export function reveal(at: Case, world: World): void {
  const { round } = at;
  for (const address of at.committed) {
    const me = world.actors.get(address) as Actor;
    const play = playOf(me);
    const vote = me.votes.get(keyOf(at)) as Hex;
    const number = at.numbers.get(address) as number;
    const when = play.revealsWhen === "soon" ? soon(me, world) : at.revealUntil - JUST_BEFORE;
    schedule(world, me, when, () => {
      if (at.round !== round || at.stage !== "revealing") return;
      if (play.reveals({ at, me })) world.send(me, world.contracts.calls.revealVote(at.uid, number, address, vote));
    });
  }
}
