import { parseArgs } from "node:util";
import { UsageError, wholeNumber } from "../usage.ts";
import { play, type Tally } from "./play.ts";

/** Reads what stands behind `dispute`; throws a `UsageError`. */
export function readOptions(args: readonly string[]): { graphs: number; seed: number } {
  try {
    const { graphs, seed } = parseArgs({
      args: [...args],
      options: { graphs: { type: "string" }, seed: { type: "string", default: "1" } },
    }).values;
    if (graphs === undefined) throw new UsageError("--graphs is missing: how many shall be played?");
    return { graphs: wholeNumber("graphs", graphs), seed: wholeNumber("seed", seed) };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What was played, in sentences. */
export const tell = ({ graphs, shown, unopened, stood, wrong }: Tally): string =>
  [
    `${graphs} random graphs: ${shown} wrong attestations were refuted by one element, ${unopened} because they had no opening.`,
    `${stood} right attestations stood a challenger that picked and demanded anything.`,
    ...wrong,
    wrong.length === 0
      ? "Every wrong one was refuted, and no right one."
      : `${wrong.length} ended otherwise than they must.`,
  ].join("\n");

/** Plays the dispute game on random graphs; the exit code is 1 if one ends otherwise than it must. */
export async function dispute(args: readonly string[]): Promise<void> {
  const { graphs, seed } = readOptions(args);
  const tally = await play(graphs, seed, (done) => {
    if (process.stderr.isTTY && done % 100 === 0) console.error(`${done} done`);
  });
  console.log(tell(tally));
  if (tally.wrong.length > 0) process.exitCode = 1;
}
