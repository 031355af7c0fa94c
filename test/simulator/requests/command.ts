import { parseArgs } from "node:util";
import { UsageError, wholeNumber } from "../usage.ts";
import { play, type Tally } from "./play.ts";

/** Reads what stands behind `requests`; throws a `UsageError`. */
export function readOptions(args: readonly string[]): { histories: number; seed: number } {
  try {
    const { histories, seed } = parseArgs({
      args: [...args],
      options: { histories: { type: "string" }, seed: { type: "string", default: "1" } },
    }).values;
    if (histories === undefined) throw new UsageError("--histories is missing: how many shall be played?");
    return { histories: wholeNumber("histories", histories), seed: wholeNumber("seed", seed) };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What was played, in sentences, and every difference. */
export function tell({
  histories,
  transactions,
  refused,
  reordered,
  ended,
  actedOn,
  wrong,
  differences,
}: Tally): string {
  return [
    `${histories} histories: ${transactions} transactions, ${refused} of them refused, ${reordered} blocks mined again in another order.`,
    `${ended.verified} requests ended verified, ${ended.fallen} fallen, ${ended.cancelled} cancelled.`,
    `${actedOn} answers were acted on before they were final; ${wrong} of them weren't found right.`,
    ...differences,
    differences.length === 0
      ? "Nobody got less than the cover promised; all money adds up."
      : `${differences.length} differences.`,
  ].join("\n");
}

/** Plays random histories of requests and prints what came of them; the exit code is 1 if something differs. */
export async function requests(args: readonly string[]): Promise<void> {
  const { histories, seed } = readOptions(args);
  const tally = await play(histories, seed, (done) => {
    if (process.stderr.isTTY) console.error(`${done} histories`);
  });
  console.log(tell(tally));
  if (tally.differences.length > 0) process.exitCode = 1;
}
