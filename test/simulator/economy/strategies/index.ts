import { members } from "./members.ts";
import { provers } from "./provers.ts";
import { rings } from "./rings.ts";
import type { Strategy } from "./strategy.ts";

/** Every strategy but honesty, by name. */
export const strategies: ReadonlyMap<string, Strategy> = new Map(
  [...rings, ...members, ...provers].map((strategy) => [strategy.name, strategy]),
);
