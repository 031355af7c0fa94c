import type { Case } from "./cases.ts";
import { parameters } from "./contracts.ts";
import { fetchedAt, soon } from "./members.ts";
import { honest } from "./strategies/honest.ts";
import { type Actor, type Ring, schedule, type World } from "./world.ts";

/** Seconds before the end of the time to appeal at which somebody appeals who wants to delay. */
const JUST_BEFORE = 60;

/** The first panel has decided: who thinks it wrong appeals, and who has a use for it. */
export function appeal(at: Case, world: World): void {
  if (world.isAppealed) for (const actor of honestOnes(at, world)) appealedBy(at, actor, soon(actor, world), world);
  for (const ring of world.rings) {
    const actor = firstOf(ring, world);
    if (actor?.strategy.appeals?.(at, ring) !== true) continue;
    const isLast = actor.strategy.appealsWhen === "last";
    appealedBy(at, actor, isLast ? appealUntil(at) - JUST_BEFORE : world.now(), world);
  }
}

/** When the time to appeal is over. */
export const appealUntil = ({ revealUntil }: Case): number => revealUntil + parameters.appealWindow;

/** An honest appellant who can run it, and an honest prover, where the decision is wrong. */
function honestOnes(at: Case, world: World): Actor[] {
  if (at.decision === at.work.truth) return [];
  const prover = world.actors.get(at.prover) as Actor;
  const { appellant } = world;
  const ones = prover.strategy === honest ? [prover] : [];
  return appellant !== undefined && fetchedAt(at, appellant, world) <= world.now() ? [appellant, ...ones] : ones;
}

function firstOf({ provers, members }: Ring, world: World): Actor | undefined {
  const [first] = [...provers, ...members];
  return first === undefined ? undefined : world.actors.get(first);
}

function appealedBy(at: Case, actor: Actor, time: number, world: World): void {
  const { calls } = world.contracts;
  schedule(world, actor, time, () => {
    if (at.stage !== "over" || at.round !== 1 || world.now() >= appealUntil(at)) return;
    world.send(actor, calls.deposit(actor.address, parameters.stake));
    world.send(actor, calls.appeal(at.uid));
  });
}
