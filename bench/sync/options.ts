import { parseArgs } from "node:util";
import { WrongUse } from "../wrong-use.ts";
import type { Contender } from "./contender.ts";
import { floor, proofboard, trusting } from "./embedded.ts";
import { ponderPglite, ponderPostgres } from "./ponder.ts";
import { proofboardPostgres } from "./server.ts";

/** What the command line asks for. */
export interface Choice {
  contenders: Contender[];
  /** Names of layouts, and how many events a block of each has. */
  layouts: [string, number][];
  /** Events in all; only the benchmark itself has as many as its layouts are named for. */
  events: number;
  /** Rounds of every contender, instead of its own number. */
  rounds: number | undefined;
  /** Whether Proofboard holds every log against receipts' roots. */
  receipts: boolean;
  /** Directory for CPU profiles. */
  profile: string | undefined;
}

export const EVENTS_PER_ACCOUNT = 10;
/** Events in a range of blocks that the floor asks for at once. */
export const EVENTS_PER_RANGE = 10_000;

const contenders = [proofboard, proofboardPostgres, trusting, floor, ponderPostgres, ponderPglite];
const layouts: [string, number][] = [
  ["2000x100", 100],
  ["200x1000", 1000],
];

/** Reads the arguments of the benchmark; throws {@link WrongUse} with a sentence that quotes what is wrong. */
export function choose(args: string[]): Choice {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: "string" },
      layout: { type: "string" },
      events: { type: "string", default: "200000" },
      rounds: { type: "string" },
      receipts: { type: "boolean", default: false },
      profile: { type: "string" },
    },
  });
  const events = wholeNumber("events", values.events);
  const named = pick("layout", values.layout, layouts, ([name]) => name);
  for (const [name, perBlock] of named)
    if (events === 0 || events % perBlock !== 0)
      throw new WrongUse(`--events is ${events}, which is no number of whole blocks of layout ${name}.`);
  return {
    contenders: pick("only", values.only, contenders, ({ name }) => name),
    layouts: named,
    events,
    rounds: values.rounds === undefined ? undefined : wholeNumber("rounds", values.rounds),
    receipts: values.receipts,
    profile: values.profile,
  };
}

function pick<T>(option: string, text: string | undefined, from: readonly T[], nameOf: (item: T) => string): T[] {
  if (text === undefined) return [...from];
  return text.split(",").map((name) => {
    const found = from.find((item) => nameOf(item) === name);
    if (found === undefined)
      throw new WrongUse(`--${option} names "${name}"; there are ${from.map(nameOf).join(", ")}.`);
    return found;
  });
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new WrongUse(`--${option} is "${text}"; a positive whole number is asked.`);
  return Number(text);
}
