import type { AttestationStatus, AttestationSummary, Season, Standing, Task } from "../../sdk/wire.ts";
import { plural } from "../format.ts";
import { type Sentence, sentence, who } from "../sentence.ts";

/** A task, and how many of its units an account can still work on; undefined where that isn't known. */
export interface TaskLeft {
  task: Pick<Task, "taskId" | "points">;
  left: number | undefined;
}

type Ranked = Pick<Standing, "rank" | "account" | "points">;

/**
 * The tasks of a season with the units that an account hasn't worked on, or may try again.
 *
 * @param attestations The account's own.
 * @param isAll They are all that it made.
 */
export function leftOf(
  { seasonId, tasks }: Pick<Season, "seasonId" | "tasks">,
  attestations: readonly AttestationSummary[],
  isAll: boolean,
): TaskLeft[] {
  return tasks.map((task) => {
    if (!isAll) return { task, left: undefined };
    const used = new Set<number>();
    for (const { unit, counts, count, status } of attestations) {
      if (!counts || unit?.seasonId !== seasonId || unit.taskId !== task.taskId || !SPENT.has(status)) continue;
      const end = Math.min(Number(unit.unit) + count, task.unitsPerAccount);
      for (let i = Number(unit.unit); i < end; i++) used.add(i);
    }
    return { task, left: task.unitsPerAccount - used.size };
  });
}

const SPENT: ReadonlySet<AttestationStatus> = new Set(["pending", "verified", "refuted"]);

/** How far an account is behind the next better rank, and which units would reach it. */
export function behindSentence(
  own: Ranked & Pick<Standing, "refuted">,
  better: Ranked,
  tasks: readonly TaskLeft[],
): Sentence {
  const gap = BigInt(better.points) - BigInt(own.points);
  // Only an account at zero can owe.
  const owed = own.points === "0" && own.refuted > 0 ? " What it owes of penalties is paid first." : "";
  return sentence`${plural(gap, "point")} behind rank ${better.rank} (${who(better.account)}): ${waysOf(gap, tasks)}${owed}`;
}

function waysOf(gap: bigint, tasks: readonly TaskLeft[]): Sentence {
  const worth = tasks.filter(({ task, left }) => left !== 0 && BigInt(task.points) > 0n);
  if (worth.length === 0) return sentence`no task has a unit left for it.`;
  const ways = worth.flatMap(({ task: { taskId, points }, left }) => {
    const units = (gap + BigInt(points) - 1n) / BigInt(points);
    return left === undefined || units <= BigInt(left)
      ? [`${plural(units, "more verified unit")} of task ${taskId}`]
      : [];
  });
  if (ways.length > 0) return sentence`${ways.join(", or ")} would reach it.`;
  const most = worth.reduce((sum, { task, left }) => sum + BigInt(task.points) * BigInt(left ?? 0), 0n);
  return most >= gap
    ? sentence`units of several tasks together would reach it; those left are worth ${plural(most, "point")}.`
    : sentence`all units left for it are worth ${plural(most, "point")} together, which isn't enough.`;
}

/**
 * How far the first rank is ahead of the next.
 *
 * @param ranking The ranking from the first place on, as far as it's known.
 * @param total Accounts ranked.
 */
export function aheadSentence(own: Ranked, ranking: readonly Ranked[], total: number): Sentence {
  if (total === 1) return sentence`First: nobody else is ranked.`;
  const next = ranking.find(({ rank }) => rank !== own.rank);
  const equals = ranking.filter(({ rank, account }) => rank === own.rank && account !== own.account).length;
  const isAll = next !== undefined || ranking.length === total;
  const lead = equals === 0 ? "First" : `First, together with ${isAll ? "" : "at least "}${plural(equals, "other")}`;
  if (next === undefined) return sentence`${lead}.`;
  const gap = BigInt(own.points) - BigInt(next.points);
  return sentence`${lead}; ${plural(gap, "point")} ahead of rank ${next.rank} (${who(next.account)}).`;
}
