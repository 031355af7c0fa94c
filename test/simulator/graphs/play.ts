import { bytesToHex, concat, type Hex, keccak256 } from "viem";
import type { InferenceRuntime } from "../../../inference/runtime.ts";
import { createRandom, type Random } from "../random.ts";
import { compare } from "./compare.ts";
import type { Evm } from "./evm.ts";
import { computedKinds, randomGeneration, randomGraph, randomOperator, type Sample } from "./random.ts";

/** How much is to be run, and from which seed. */
export interface Plan {
  operators: number;
  graphs: number;
  seed: number;
}

/** What was run, and every difference. */
export interface Tally extends Plan {
  differences: string[];
  /** Hash of all outputs, one after another: the same wherever every byte is. */
  digest: Hex;
}

/** Runs random operators of every kind in turn, and random graphs, every other one a generation. */
export async function play(
  { operators, graphs, seed }: Plan,
  runtime: InferenceRuntime,
  evm: Evm | undefined,
  onProgress: (done: number) => void = () => {},
): Promise<Tally> {
  const random = createRandom(seed);
  const differences: string[] = [];
  let digest: Hex = "0x";
  const run = async (name: string, make: (random: Random) => Sample): Promise<void> => {
    const own = random.fork();
    const { wrong, output } = await compare(make(own), own, runtime, evm);
    differences.push(...wrong.map((each) => `${name}: ${each}`));
    digest = keccak256(concat([digest, bytesToHex(output)]));
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
  return { operators, graphs, seed, differences, digest };
}
