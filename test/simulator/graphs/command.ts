import { parseArgs } from "node:util";
import { loadPinnedRuntime } from "../../../participant/runtime.ts";
import { UsageError, wholeNumber } from "../usage.ts";
import { playInChromium } from "./chromium.ts";
import { createEvm } from "./evm.ts";
import { type Plan, play, type Tally } from "./play.ts";

/** Reads what stands behind `graphs`; throws a `UsageError`. */
export function readOptions(args: readonly string[]): Plan {
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

/** What was run, in sentences. */
export const tell = ({ operators, graphs, differences }: Pick<Tally, "operators" | "graphs" | "differences">): string =>
  [
    `${operators} random operators and ${graphs} random graphs ran in TypeScript and on onnxruntime-web, in Node and in Chromium, and in the EVM.`,
    ...differences,
    differences.length === 0 ? "Every byte is the same." : `${differences.length} differences.`,
  ].join("\n");

/** What differs in Node, in Chromium and between them. */
export const differencesOf = (node: Tally, chromium: Tally): string[] => [
  ...node.differences,
  ...chromium.differences.map((each) => `In Chromium: ${each}`),
  ...(node.digest === chromium.digest ? [] : ["Chromium gives other outputs than Node."]),
];

/** Compares random operators and graphs; the exit code is 1 if something differs. */
export async function graphs(args: readonly string[]): Promise<void> {
  const plan = readOptions(args);
  const evm = await createEvm();
  try {
    const node = await play(plan, await loadPinnedRuntime(), evm, (done) => {
      if (process.stderr.isTTY && done % 100 === 0) console.error(`${done} done`);
    });
    const differences = differencesOf(node, await playInChromium(plan));
    console.log(tell({ ...plan, differences }));
    if (differences.length > 0) process.exitCode = 1;
  } finally {
    await evm.close();
  }
}
