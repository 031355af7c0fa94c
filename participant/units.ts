import type { Address, Hex } from "viem";
import type { TaskInputs } from "../sdk/client.ts";
import { unitContext, unitOf } from "../sdk/contexts.ts";
import { QUORUM } from "../sdk/methods.ts";
import { type AttestationView, type SeasonView, type View, VOID } from "./view.ts";

/** A unit that an account can work on. */
export interface FreeUnit {
  season: SeasonView & { seed: Hex };
  task: TaskInputs;
  unit: bigint;
  context: Hex;
}

/** Which units an account wants to work on. */
export interface Wish {
  account: Address;
  campaign: Address;
  /** Undefined for every running season. */
  seasonId: bigint | undefined;
  /** Undefined for every task. */
  taskId?: bigint | undefined;
  /** Units to have an attestation for at most in each season. */
  maxUnits: number;
  /** Contexts that there is no use in trying. */
  hopeless: ReadonlySet<Hex>;
}

/** Time that a commit may take to be mined, in seconds: later in a season none is started. */
const COMMIT_SECONDS = 3n;

/** Attestations for one unit at most: a Void one may be tried again. */
const MAX_TRIES = 3;

/** The unit to work on next: one whose attestation became Void, or the lowest one left, tasks taking turns. */
export function nextUnit({ head, seasons, attestations }: View, wish: Wish): FreeUnit | undefined {
  const own = [...attestations.values()].filter(({ attestation }) => attestation.prover === wish.account);
  for (const season of seasons.values()) {
    const { seasonId, seed, startsAt, endsAt } = season;
    if (seed === undefined || (wish.seasonId !== undefined && seasonId !== wish.seasonId)) continue;
    if (head.timestamp < startsAt || head.timestamp + COMMIT_SECONDS >= endsAt) continue;
    const found = nextOfSeason({ ...season, seed }, own, wish);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nextOfSeason(
  season: FreeUnit["season"],
  own: readonly AttestationView[],
  { campaign, taskId, maxUnits, hopeless }: Wish,
): FreeUnit | undefined {
  const { seasonId, tasks } = season;
  const tries = new Map<Hex, AttestationView[]>();
  for (const attestation of own) {
    const { context } = attestation.attestation;
    const unit = unitOf(context);
    if (unit?.seasonId === seasonId) tries.set(context, [...(tries.get(context) ?? []), attestation]);
  }
  const contextOf = (task: TaskInputs, unit: bigint) => unitContext({ campaign, seasonId, taskId: task.taskId, unit });
  const isFree = (context: Hex): boolean => {
    const earlier = tries.get(context) ?? [];
    return !hopeless.has(context) && earlier.length < MAX_TRIES && earlier.every(({ status }) => status === VOID);
  };

  for (const context of tries.keys()) {
    const unit = unitOf(context)?.unit;
    const task = tasks.find(({ taskId }) => taskId === unitOf(context)?.taskId);
    if (task !== undefined && unit !== undefined && isFree(context)) return { season, task, unit, context };
  }
  if (tries.size >= maxUnits) return undefined;
  const candidates = tasks
    .filter((task) => task.method === QUORUM && (taskId === undefined || task.taskId === taskId))
    .flatMap((task): FreeUnit[] => {
      for (let unit = 0n; unit < task.unitsPerAccount; unit++) {
        const context = contextOf(task, unit);
        if (!tries.has(context) && !hopeless.has(context)) return [{ season, task, unit, context }];
      }
      return [];
    });
  return candidates.sort((a, b) => Number(a.unit - b.unit))[0];
}
