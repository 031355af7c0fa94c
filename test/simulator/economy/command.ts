import { parseArgs } from "node:util";
import { UsageError, wholeNumber } from "../usage.ts";
import { assumptions } from "./assumptions.ts";
import type { Row } from "./report.ts";
import { allTrials, createLaboratory, LISTS } from "./scenarios.ts";
import { strategies } from "./strategies/index.ts";
import type { Strategy } from "./strategies/strategy.ts";
import { table } from "./table.ts";

export interface Options {
  /** Units in each season. */
  units: number;
  seed: number;
  strategies: readonly Strategy[];
  /** Verifiers on the list. */
  lists: readonly number[];
  /** Whether honest ones appeal. */
  isAppealed: boolean;
  isFull: boolean;
  isJson: boolean;
}

/** Reads what stands behind `economy`; throws a `UsageError`. */
export function readOptions(args: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        attestations: { type: "string", default: "60" },
        seed: { type: "string", default: "1" },
        strategy: { type: "string", multiple: true, default: [...strategies.keys()] },
        list: { type: "string", multiple: true, default: LISTS.map(String) },
        "no-appeals": { type: "boolean", default: false },
        full: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
      },
    });
    return {
      units: wholeNumber("attestations", values.attestations),
      seed: wholeNumber("seed", values.seed),
      strategies: values.strategy.map(strategyOf),
      lists: values.list.map((list) => wholeNumber("list", list)),
      isAppealed: !values["no-appeals"],
      isFull: values.full,
      isJson: values.json,
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function strategyOf(name: string): Strategy {
  const strategy = strategies.get(name);
  if (strategy === undefined)
    throw new UsageError(`--strategy is "${name}"; there are ${[...strategies.keys()].join(", ")}.`);
  return strategy;
}

/** Plays every strategy and prints what it brings and does. */
export async function economy(args: readonly string[]): Promise<void> {
  const { units, seed, strategies: played, lists, isAppealed, isFull, isJson } = readOptions(args);
  const play = createLaboratory({ units, seed, isAppealed });
  const rows: Row[] = [];
  for (const trial of allTrials(played, lists, isFull)) {
    if (process.stderr.isTTY) console.error(`${trial.name}, ${trial.verifiers} verifiers`);
    rows.push(await play(trial));
  }
  console.log(isJson ? JSON.stringify({ units, seed, isAppealed, assumptions, rows }, undefined, 2) : table(rows));
}
