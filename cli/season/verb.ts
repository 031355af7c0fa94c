import type { Invocation, Option, Outcome } from "../command.ts";
import type { Stage } from "./stage.ts";

/** One of the things that `season` does. */
export interface Verb {
  /** What it does, prints and needs, with the JSON's keys. */
  details: string;
  options: Readonly<Record<string, Option>>;
  /** Reads the options, before anything is asked of the chain; what it returns does the work. */
  prepare(invocation: Invocation): (stage: Stage) => Promise<Outcome>;
}
