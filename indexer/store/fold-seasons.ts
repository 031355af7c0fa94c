import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { Db } from "./database.ts";
import type { FoldSteps } from "./fold.ts";
import { IntegrityError } from "./integrity.ts";

/** Seasons, their tasks and their rules. */
export function seasonSteps(db: Db): FoldSteps {
  const draft = db.prepare("INSERT INTO seasons VALUES (?, ?, ?, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, ?)");
  const removeSeason = db.prepare("DELETE FROM seasons WHERE season_id = ?");
  const addTask = db.prepare("INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const removeTask = db.prepare("DELETE FROM tasks WHERE season_id = ? AND task_id = ?");
  const open = db.prepare("UPDATE seasons SET uri = ?, starts_at = ?, ends_at = ?, closes_at = ? WHERE season_id = ?");
  const seed = db.prepare("UPDATE seasons SET seed = ?, seeded_in = ? WHERE season_id = ?");
  const exists = db.prepare("SELECT 1 FROM seasons WHERE season_id = ?");

  function requireSeason(seasonId: bigint, eventName: string): void {
    if (!exists.get(seasonId))
      throw new IntegrityError(`${eventName} came for season ${seasonId}, which was never drafted.`);
  }

  return {
    SeasonDrafted: {
      apply({ args }) {
        if (exists.get(args.seasonId)) throw new IntegrityError(`Season ${args.seasonId} was drafted twice.`);
        draft.run(args.seasonId, args.organiser, args.verifierCap, ZERO_HASH);
      },
      undo({ args }) {
        removeSeason.run(args.seasonId);
      },
    },
    TaskAdded: {
      apply({ args, place, eventName }) {
        requireSeason(args.seasonId, eventName);
        addTask.run(
          args.seasonId,
          args.taskId,
          args.modelId,
          args.method,
          args.points,
          args.unitsPerAccount,
          args.noise,
          args.inputCount,
          args.inputSetRoot,
          place.blockNumber,
          place.logIndex,
        );
      },
      undo({ args }) {
        removeTask.run(args.seasonId, args.taskId);
      },
    },
    SeasonOpened: {
      apply({ args, eventName }) {
        requireSeason(args.seasonId, eventName);
        open.run(args.uri, args.startsAt, args.endsAt, args.closesAt, args.seasonId);
      },
      undo({ args }) {
        open.run(null, null, null, null, args.seasonId);
      },
    },
    SeasonSeeded: {
      apply({ args, place, eventName }) {
        requireSeason(args.seasonId, eventName);
        seed.run(args.seed, place.blockNumber, args.seasonId);
      },
      undo({ args }) {
        seed.run(null, null, args.seasonId);
      },
    },
  };
}
