import type { Address, Hex } from "viem";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { LogLocation } from "../decode/events.ts";
import type { Kind, Rows } from "./identity-map.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A season, its rules and the head of its ledger. Times in unix seconds, null until it opens. */
export interface Season {
  seasonId: number;
  organiser: Address;
  /** Decimal: it may be larger than any number of a store. */
  verifierCap: string;
  uri: string | null;
  startsAt: number | null;
  endsAt: number | null;
  closesAt: number | null;
  seed: Hex | null;
  /** The block of the seed. */
  seededIn: number | null;
  /** The block in which its draft was cancelled: it isn't shown then, but counted. */
  cancelledIn: number | null;
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
}

/** A task of a season. */
export interface Task extends OfTask, LogLocation {
  modelId: Hex;
  method: number;
  points: bigint;
  unitsPerAccount: number;
  noise: number;
  inputCount: number;
  inputSetRoot: Hex;
}

interface OfTask {
  seasonId: number;
  taskId: number;
}

export const seasons: Kind<Pick<Season, "seasonId">, Season> = {
  group: () => undefined,
  name: ({ seasonId }) => seasonId,
};

export const tasks: Kind<OfTask, Task> = {
  group: ({ seasonId }) => seasonId,
  name: ({ taskId }) => taskId,
};

/** The number of a season or task; throws RangeError where none has it. */
export function idOf(id: bigint): number {
  if (id > Number.MAX_SAFE_INTEGER) throw new RangeError(`${id} is too large.`);
  return Number(id);
}

/** Seconds as a number: later times are never reached. */
const secondsOf = (time: bigint): number => Number(time > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : time);

/** The season that an event is about; throws `IntegrityError` where there is none. */
export function requireSeason({ seasons }: Rows, seasonId: bigint, eventName: string): Season {
  const season = seasons.get({ seasonId: idOf(seasonId) });
  if (!season) throw new IntegrityError(`${eventName} came for season ${seasonId}, which was never drafted.`);
  return season;
}

/** Seasons, their tasks and their rules. */
export const seasonSteps: FoldSteps = {
  SeasonDrafted({ args: { seasonId: id, organiser, verifierCap } }, { seasons }) {
    const seasonId = idOf(id);
    if (seasons.get({ seasonId })) throw new IntegrityError(`Season ${seasonId} was drafted twice.`);
    seasons.set({
      ...{
        seasonId,
        organiser,
        verifierCap: `${verifierCap}`,
        uri: null,
        startsAt: null,
        endsAt: null,
        closesAt: null,
      },
      ...{
        seed: null,
        seededIn: null,
        cancelledIn: null,
        seq: 0n,
        participants: 0,
        totalPoints: 0n,
        ledgerHash: ZERO_HASH,
      },
    });
  },
  TaskAdded({ args, location, eventName }, rows) {
    const { seasonId } = requireSeason(rows, args.seasonId, eventName);
    const taskId = idOf(args.taskId);
    if (rows.tasks.get({ seasonId, taskId }))
      throw new IntegrityError(`Task ${taskId} was added to season ${seasonId} twice.`);
    rows.tasks.set({
      ...{ seasonId, taskId, modelId: args.modelId, method: args.method, points: args.points },
      ...{ unitsPerAccount: args.unitsPerAccount, noise: args.noise, inputCount: args.inputCount },
      ...{ inputSetRoot: args.inputSetRoot, ...location },
    });
  },
  SeasonOpened({ args, eventName }, rows) {
    rows.seasons.set({
      ...requireSeason(rows, args.seasonId, eventName),
      uri: args.uri,
      startsAt: secondsOf(args.startsAt),
      endsAt: secondsOf(args.endsAt),
      closesAt: secondsOf(args.closesAt),
    });
  },
  SeasonCancelled({ args, location, eventName }, rows) {
    const season = requireSeason(rows, args.seasonId, eventName);
    if (season.startsAt !== null || season.cancelledIn !== null)
      throw new IntegrityError(`Season ${args.seasonId} was cancelled when it was no draft.`);
    rows.seasons.set({ ...season, cancelledIn: location.blockNumber });
  },
  SeasonSeeded({ args, location, eventName }, rows) {
    rows.seasons.set({
      ...requireSeason(rows, args.seasonId, eventName),
      seed: args.seed,
      seededIn: location.blockNumber,
    });
  },
};
