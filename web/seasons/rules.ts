import type { Season, Task } from "../../sdk/wire.ts";
import { duration, exactTime, group, plural } from "../format.ts";

/** The rules of a season in words, generated from what the chain says of it. */
export interface RuleText {
  title: string;
  sentences: string[];
}

// The campaign contract's own constants: no season can change them.
const VERIFIER_PERCENT = 60;
const PENALTY_FACTOR = 10;

/** @param named How a model is called, by its modelId. */
export function rulesOf(season: Season, named: (modelId: Task["modelId"]) => string): RuleText[] {
  return [
    { title: "When", sentences: timesOf(season) },
    { title: "What is done", sentences: season.tasks.map((task) => taskText(task, named(task.modelId))) },
    { title: "What it earns", sentences: earningsOf(season) },
    { title: "What cheating costs", sentences: penaltiesOf(season) },
    { title: "Who ranks higher", sentences: [RANKING, FROZEN] },
  ];
}

const RANKING =
  "More points rank higher; equal points share a rank, and the ranks after them are left out (1, 2, 2, 4). An account is ranked from its first point change on, also when it is burned back to zero.";
const FROZEN =
  "None of this can change once the season is open: nobody can edit points, end it early or decide a dispute.";

function timesOf({ startsAt, endsAt, closesAt, seed, seededAt }: Season): string[] {
  if (startsAt === null || endsAt === null || closesAt === null)
    return ["The season is drafted: its times, tasks and rules may still change."];
  return [
    `It starts on ${exactTime(startsAt)} and runs for ${duration(endsAt - startsAt)}: a unit counts if it is attested before ${exactTime(endsAt)}.`,
    `Then attestations are still settled, and points awarded and burned, for ${duration(closesAt - endsAt)}; on ${exactTime(closesAt)} it closes and the points are final.`,
    seed === null || seededAt === null
      ? "Its seed is not drawn yet. It comes from a block after the opening, so nobody knew the inputs beforehand; until then no unit has an input."
      : `Its seed was set on ${exactTime(seededAt)}, from a block after the opening, so nobody knew the inputs beforehand; a unit attested earlier doesn't count.`,
  ];
}

function taskText({ taskId, method, points, unitsPerAccount, noise, inputCount }: Task, model: string): string {
  return (
    `Task ${taskId}: run ${model}, settled by ${method.name}. ${plural(points, "point")} a unit, up to ` +
    `${plural(unitsPerAccount, "unit")} an account. Each unit's input is one of ${plural(inputCount, "base input")}, drawn ` +
    `by the seed, the account and the unit's number, with every element moved by up to ${group(noise)}: it is assigned, never chosen.`
  );
}

function earningsOf({ verifierCap, tasks }: Season): string[] {
  const paysPanels = tasks.some(({ method }) => method.id === 1);
  return [
    "A prover gets a task's points for each unit that is verified, once a unit.",
    ...(paysPanels
      ? [
          `Under Quorum, the panel members in the majority share ${VERIFIER_PERCENT} % of the unit's points equally, rounded down, at most ${plural(verifierCap, "point")} an account in the season.`,
        ]
      : []),
  ];
}

function penaltiesOf({ tasks }: Season): string[] {
  const batches = tasks.some(({ method }) => method.id === 2);
  return [
    `A refuted attestation burns ${PENALTY_FACTOR} times the points it would have earned, once, and its units are spent. What an account can't pay is taken from what it earns later.`,
    ...(batches
      ? [
          "Under FraudProof one wrong row refutes a whole batch: the penalty is for all its units, and the bond goes half to whoever showed the row and is half burned.",
        ]
      : []),
    "Challengers are paid from bonds, never with points.",
  ];
}
