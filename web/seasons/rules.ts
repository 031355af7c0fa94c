import { PENALTY_FACTOR } from "../../sdk/protocol.ts";
import type { Method, Season, Task } from "../../sdk/wire.ts";
import { duration, exactTime, group, plural } from "../format.ts";
import { unknownWords, webMethodOf } from "../methods/index.ts";
import { type MethodRules, verifiersShare } from "../methods/method.ts";

/** The rules of a season in words, generated from what the chain says of it. */
export interface RuleText {
  title: string;
  sentences: string[];
}

/** @param named How a model is called, by its modelId. */
export function rulesOf(season: Season, named: (modelId: Task["modelId"]) => string): RuleText[] {
  const ofMethods = methodsOf(season).map((method) => methodRules(season, method));
  return [
    { title: "When", sentences: timesOf(season) },
    { title: "What is done", sentences: season.tasks.map((task) => taskText(task, named(task.modelId))) },
    { title: "What it earns", sentences: [PROVERS_EARN, ...ofMethods.flatMap(({ earnings }) => earnings)] },
    {
      title: "What cheating costs",
      sentences: [REFUTED, ...ofMethods.flatMap(({ penalties }) => penalties), CHALLENGERS],
    },
    { title: "Who ranks higher", sentences: [RANKING, FROZEN] },
  ];
}

const RANKING =
  "More points rank higher; equal points share a rank, and the ranks after them are skipped (1, 2, 2, 4). An account is ranked from its first point change on, even if it falls back to zero.";
const FROZEN =
  "None of this can change once the season is open: nobody can edit points, end it early or decide a dispute.";

function timesOf({ startsAt, endsAt, closesAt, seed, seededAt }: Season): string[] {
  if (startsAt === null || endsAt === null || closesAt === null)
    return ["The season is drafted: its times, tasks and rules may still change."];
  return [
    `It starts on ${exactTime(startsAt)} and runs for ${duration(endsAt - startsAt)}: a unit counts if it is attested before ${exactTime(endsAt)}.`,
    `For another ${duration(closesAt - endsAt)}, attestations are settled and points awarded and burned; on ${exactTime(closesAt)} it closes and the points are final.`,
    seed === null || seededAt === null
      ? "Its seed is not drawn yet. It comes from a block after the opening, so nobody knew the inputs in advance; until then no unit has an input."
      : `Its seed was set on ${exactTime(seededAt)}, from a block after the opening, so nobody knew the inputs in advance; a unit attested earlier doesn't count.`,
  ];
}

function taskText({ taskId, method, points, unitsPerAccount, noise, inputCount }: Task, model: string): string {
  return (
    `Task ${taskId}: run ${model}, settled by ${method.name}. ${plural(points, "point")} a unit, up to ` +
    `${plural(unitsPerAccount, "unit")} an account. Each unit's input is one of ${plural(inputCount, "base input")}, drawn ` +
    `by the seed, the account and the unit's number, ${noise === 0 ? "as it is" : `with every element moved by up to ${group(noise)}`}: it is assigned, never chosen.`
  );
}

const PROVERS_EARN = "A prover gets a task's points once for each unit that is verified.";
const REFUTED = `A refuted attestation burns ${PENALTY_FACTOR} times the points it would have earned, once, and its units are spent. What an account can't pay is taken from what it earns later.`;
const CHALLENGERS = "Challengers are paid from bonds, never with points.";

/** The methods of a season's tasks, each once, by number. */
function methodsOf({ tasks }: Season): Method[] {
  const methods = new Map(tasks.map(({ method }) => [method.id, method]));
  return [...methods.values()].sort((a, b) => a.id - b.id);
}

function methodRules(season: Season, method: Method): MethodRules {
  const known = webMethodOf(method.id);
  if (known) return known.rulesOf(season);
  return {
    earnings: [
      `${unknownWords(method)}. The accounts that it names as a unit's verifiers ${verifiersShare(season.verifierCap)}`,
    ],
    penalties: [],
  };
}
