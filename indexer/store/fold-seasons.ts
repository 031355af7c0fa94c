import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { FoldSteps } from "./fold.ts";
import { IntegrityError } from "./integrity.ts";
import type { Season } from "./rows-of-seasons.ts";
import type { Working } from "./working.ts";

/** Seasons, their tasks and their rules. */
export function seasonSteps({ seasons, tasks }: Working): FoldSteps {
  function require(seasonId: bigint, eventName: string): Season {
    const season = seasons.get({ seasonId });
    if (!season) throw new IntegrityError(`${eventName} came for season ${seasonId}, which was never drafted.`);
    return season;
  }

  return {
    SeasonDrafted: {
      apply({ args: { seasonId, organiser, verifierCap } }) {
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
          ...{ seed: null, seededIn: null, seq: 0n, participants: 0n, totalPoints: 0n, ledgerHash: ZERO_HASH },
        });
      },
      undo({ args }) {
        seasons.remove(args);
      },
    },
    TaskAdded: {
      apply({ args, place, eventName }) {
        const { seasonId, taskId, modelId, points, inputSetRoot } = args;
        require(seasonId, eventName);
        if (tasks.get(args)) throw new IntegrityError(`Task ${taskId} was added to season ${seasonId} twice.`);
        tasks.set({
          ...{ seasonId, taskId, modelId, points, inputSetRoot },
          method: BigInt(args.method),
          unitsPerAccount: BigInt(args.unitsPerAccount),
          noise: BigInt(args.noise),
          inputCount: BigInt(args.inputCount),
          blockNumber: BigInt(place.blockNumber),
          logIndex: BigInt(place.logIndex),
        });
      },
      undo({ args }) {
        tasks.remove(args);
      },
    },
    SeasonOpened: {
      apply({ args: { seasonId, uri, startsAt, endsAt, closesAt }, eventName }) {
        seasons.set({ ...require(seasonId, eventName), uri, startsAt, endsAt, closesAt });
      },
      undo({ args, eventName }) {
        const season = require(args.seasonId, eventName);
        seasons.set({ ...season, uri: null, startsAt: null, endsAt: null, closesAt: null });
      },
    },
    SeasonSeeded: {
      apply({ args, place, eventName }) {
        const season = require(args.seasonId, eventName);
        seasons.set({ ...season, seed: args.seed, seededIn: BigInt(place.blockNumber) });
      },
      undo({ args, eventName }) {
        seasons.set({ ...require(args.seasonId, eventName), seed: null, seededIn: null });
      },
    },
  };
}
