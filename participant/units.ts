import type { Address, Hex } from "viem";
import type { TaskInputs } from "../sdk/client.ts";
import type { ChainState, Season } from "./chainState.ts";

/** Which units an account wants to work on. */
export interface Wish {
  account: Address;
  campaign: Address;
  /** Undefined for every running season. */
  seasonId: bigint | undefined;
  /** Undefined for every task. */
  taskId?: bigint | undefined;
  /** Most units to attest, counting those of earlier runs; each method says in what. */
  maxUnits: number;
  /** As `Tools` has them. */
  means?: Readonly<Record<string, string>> | undefined;
}

/** A season in which units can be attested now, and those of its tasks that are wanted. */
export interface RunningSeason {
  season: Season & { seed: Hex };
  tasks: TaskInputs[];
}

/**
 * The seasons that run now, with their tasks under one method.
 *
 * @param seconds Time that a transaction may take to be mined: none is started later than that before the season's end.
 */
export function runningSeasons(
  { head: { timestamp }, seasons }: ChainState,
  { seasonId, taskId }: Pick<Wish, "seasonId" | "taskId">,
  method: number,
  seconds: bigint,
): RunningSeason[] {
  return [...seasons.values()].flatMap((season): RunningSeason[] => {
    const { seed, startsAt, endsAt } = season;
    if (seed === undefined || (seasonId !== undefined && season.seasonId !== seasonId)) return [];
    if (timestamp < startsAt || timestamp + seconds >= endsAt) return [];
    const tasks = season.tasks.filter(
      (task) => task.method === method && (taskId === undefined || task.taskId === taskId),
    );
    return [{ season: { ...season, seed }, tasks }];
  });
}
