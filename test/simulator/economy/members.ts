import type { Hex } from "viem";
import { UNAVAILABLE } from "../../../sdk/commitments.ts";
import { assumptions } from "./assumptions.ts";
import type { Case } from "./cases.ts";
import { parameters } from "./contracts.ts";
import { honestMember, honestProver } from "./strategies/honest.ts";
import type { MemberPlay, Seat } from "./strategies/strategy.ts";
import { type Actor, schedule, type World } from "./world.ts";

/** Seconds before a deadline at which somebody acts who waits for it. */
const JUST_BEFORE = 60;

const playOf = (actor: Actor): MemberPlay => ({ ...honestMember, ...actor.strategy.member });

const keyOf = ({ uid, round }: Case): string => `${uid} ${round}`;

/** When somebody acts on what it sees now: on a full minute, so that blocks are shared. */
export const soon = (actor: Actor, world: World): number =>
  60 * (Math.ceil(world.now() / 60) + actor.random.between(assumptions.reaction.least, assumptions.reaction.most));

/** Joins the list. */
export function join(member: Actor, world: World): void {
  const { calls } = world.contracts;
  world.send(member, calls.deposit(member.address, parameters.verifierBond));
  world.send(member, calls.join());
}

/** A panel is drawn: its members fetch, run and commit. */
export function seated(at: Case, world: World): void {
  const { round } = at;
  for (const address of at.members) {
    const me = world.actors.get(address);
    if (me === undefined) continue;
    const play = playOf(me);
    const { honest, ready } = examine(at, me, world);
    const place = { at, me, listed: world.verifiers.size };
    play.seated?.(place, world);
    const when = play.commits === "soon" ? ready : at.commitUntil - JUST_BEFORE;
    schedule(world, me, when, () => {
      if (at.round === round && at.stage === "committing") commit({ ...place, honest }, play, world);
    });
  }
}

/** What an honest member votes, and when it knows. */
function examine(at: Case, me: Actor, world: World): { honest: Hex; ready: number } {
  const fetched = at.drawnAt + waitFor(at, me, world);
  const { least, most } = assumptions.patience;
  const patience = at.drawnAt + parameters.commitWindow * (least + (most - least) * me.random.next());
  if (fetched > patience) return { honest: UNAVAILABLE, ready: patience };
  me.freeAt = Math.max(soon(me, world), fetched, me.freeAt) + assumptions.run;
  return { honest: at.work.truth, ready: me.freeAt };
}

/** Seconds from the draw until a member can fetch what it has to run: models and units' inputs always can be had. */
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
  world.send(me, calls.commitVote(at.uid, hidden));
}

/** The members that committed open their votes. */
export function reveal(at: Case, world: World): void {
  const { round } = at;
  for (const address of at.committed) {
    const me = world.actors.get(address) as Actor;
    const play = playOf(me);
    const vote = me.votes.get(keyOf(at)) as Hex;
    const when = play.revealsWhen === "soon" ? soon(me, world) : at.revealUntil - JUST_BEFORE;
    schedule(world, me, when, () => {
      if (at.round !== round || at.stage !== "revealing") return;
      const place = { at, me, listed: world.verifiers.size };
      if (play.reveals(place)) world.send(me, world.contracts.calls.revealVote(at.uid, address, vote));
    });
  }
}
