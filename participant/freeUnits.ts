import type { Hex } from "viem";
import type { AttestationState } from "../sdk/attestations.ts";
import type { TaskInputs } from "../sdk/client.ts";
import { unitContext, unitOf } from "../sdk/contexts.ts";
import { Status } from "../sdk/protocol.ts";
import type { ChainState } from "./chainState.ts";
import { type RunningSeason, runningSeasons, type Wish } from "./units.ts";

/** A unit that an account can work on. */
export interface FreeUnit {
  season: RunningSeason["season"];
  task: TaskInputs;
  unit: bigint;
  context: Hex;
}

/** Which units an account wants to attest one by one; at most `maxUnits` in each season. */
export interface UnitWish extends Wish {
  /** Number of the method whose tasks they are of. */
  method: number;
  /** Contexts that can't succeed. */
  hopeless: ReadonlySet<Hex>;
}

/** Seconds that an attestation may take to be mined: none is started later than that before the season's end. */
const MINING_SECONDS = 3n;

/** Most attestations for one unit: a Void one may be tried again. */
const MAX_TRIES = 3;

/** The unit to work on next: one whose attestation became Void, or the lowest one left, tasks taking turns. */
export function nextUnit(state: ChainState, wish: UnitWish): FreeUnit | undefined {
  const own = [...state.attestations.byId.values()].filter(
    ({ message: { prover, method } }) => prover === wish.account && method === wish.method,
  );
  for (const running of runningSeasons(state, wish, wish.method, MINING_SECONDS)) {
    const found = nextOfSeason(running, own, wish);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nextOfSeason(
  { season, tasks }: RunningSeason,
  own: readonly AttestationState[],
  { campaign, maxUnits, hopeless }: UnitWish,
): FreeUnit | undefined {
  const { seasonId } = season;
  const tries = Map.groupBy(
    own.filter(({ message }) => unitOf(message.context)?.seasonId === seasonId),
    ({ message }) => message.context,
  );
  const isFree = (context: Hex): boolean => {
    const earlier = tries.get(context) ?? [];
    return (
      !hopeless.has(context) && earlier.length < MAX_TRIES && earlier.every(({ status }) => status === Status.void)
    );
  };

  for (const context of tries.keys()) {
    const unit = unitOf(context)?.unit;
    const task = tasks.find(({ taskId }) => taskId === unitOf(context)?.taskId);
    if (task !== undefined && unit !== undefined && isFree(context)) return { season, task, unit, context };
  }
  if (tries.size >= maxUnits) return undefined;
  const candidates = tasks.flatMap((task): FreeUnit[] => {
    for (let unit = 0n; unit < task.unitsPerAccount; unit++) {
      const context = unitContext({ campaign, seasonId, taskId: task.taskId, unit });
      if (!tries.has(context) && !hopeless.has(context)) return [{ season, task, unit, context }];
    }
    return [];
  });
  return candidates.sort((a, b) => Number(a.unit - b.unit))[0];
}
