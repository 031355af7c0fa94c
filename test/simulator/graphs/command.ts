import { parseArgs } from "node:util";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { createRandom, type Random } from "../random.ts";
import { UsageError, wholeNumber } from "../usage.ts";
import { compare } from "./compare.ts";
import { createEvm, type Evm } from "./evm.ts";
import { computedKinds, randomGeneration, randomGraph, randomOperator, type Sample } from "./random.ts";

/** Reads what stands behind `graphs`; throws a `UsageError`. */
export function readOptions(args: readonly string[]): { operators: number; graphs: number; seed: number } {
  try {
    const { operators, graphs, seed } = parseArgs({
      args: [...args],
      options: {
        operators: { type: "string" },
        graphs: { type: "string" },
        seed: { type: "string", default: "1" },
      },
    }).values;
    if (operators === undefined || graphs === undefined)
      throw new UsageError("--operators or --graphs is missing: how many shall be run?");
    return {
      operators: wholeNumber("operators", operators),
      graphs: wholeNumber("graphs", graphs),
      seed: wholeNumber("seed", seed),
    };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** What was run, and every difference. */
export interface Tally {
  operators: number;
  graphs: number;
  differences: string[];
}

/** Runs random operators of every kind in turn, and random graphs, every other one a generation. */
export async function play(
  { operators, graphs, seed }: { operators: number; graphs: number; seed: number },
  evm: Evm | undefined,
  onProgress: (done: number) => void = () => {},
): Promise<Tally> {
  const runtime = await loadPinnedRuntime();
  const random = createRandom(seed);
  const differences: string[] = [];
  const run = async (name: string, make: (random: Random) => Sample): Promise<void> => {
    const own = random.fork();
    const sample = make(own);
    for (const each of await compare(sample, own, runtime, evm)) differences.push(`${name}: ${each}`);
  };
  for (let i = 0; i < operators; i++) {
    const kind = computedKinds[i % computedKinds.length] as string;
    await run(`operator ${i} (${kind})`, (own) => randomOperator(own, kind));
    onProgress(i + 1);
  }
  for (let i = 0; i < graphs; i++) {
    await run(`graph ${i}`, i % 2 === 0 ? randomGraph : randomGeneration);
    onProgress(operators + i + 1);
  }
  return { operators, graphs, differences };
}

/** What was run, in sentences. */
export const tell = ({ operators, graphs, differences }: Tally): string =>
  [
    `${operators} random operators and ${graphs} random graphs ran in TypeScript, on onnxruntime-web and in the EVM.`,
    ...differences,
    differences.length === 0 ? "Every byte is the same." : `${differences.length} differences.`,
  ].join("\n");

/** Compares random operators and graphs; the exit code is 1 if something differs. */
export async function graphs(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const evm = await createEvm();
  try {
    const tally = await play(options, evm, (done) => {
      if (process.stderr.isTTY && done % 100 === 0) console.error(`${done} done`);
    });
    console.log(tell(tally));
    if (tally.differences.length > 0) process.exitCode = 1;
  } finally {
    await evm.close();
  }
}
