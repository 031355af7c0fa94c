import { fromHex as hexToBytes } from "ox/Bytes";
import type { Hex } from "viem";
import { type AttestationState, countOf } from "../../../sdk/attestations.ts";
import { tensorHash } from "../../../sdk/commitments.ts";
import { tensorHeader } from "../../../sdk/layouts.ts";
import { orderedTree } from "../../../sdk/tree.ts";
import type { Assignment } from "../../assignment.ts";
import type { ContentReader } from "../../content.ts";
import { unsigned } from "../../operators/operator.ts";
import { inputsOf, type PlayableModel, runTraced } from "./playable.ts";
import type { TracedRun } from "./run.ts";

/** How a model is run on an input. */
export type RunOf = (model: PlayableModel, input: Uint8Array) => TracedRun;

/** An attestation, run again. */
export interface Rerun {
  model: PlayableModel;
  /** A unit's input, and what the model gives for it. */
  input(unit: number): Uint8Array;
  run(unit: number): TracedRun;
  /** What each unit's trace is. */
  traces: readonly Hex[];
}

/** Longest time without letting other work run. */
const BUSY_MS = 20;

/** The traces of so many units. */
export async function tracesOf(run: (unit: number) => TracedRun, count: number): Promise<Hex[]> {
  const traces: Hex[] = [];
  let busySince = performance.now();
  for (let unit = 0; unit < count; unit++) {
    if (performance.now() - busySince > BUSY_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      busySince = performance.now();
    }
    traces.push(run(unit).trace.root);
  }
  return traces;
}

/** The tree over units' traces. */
export const treeOfTraces = (traces: readonly Hex[]) => orderedTree(traces.map((trace) => hexToBytes(trace)));

/**
 * Runs every unit of an attestation again. Throws as `inputsOf` does.
 *
 * @param assignment Needed for units, whose inputs are derived from it.
 * @param runOf How an input is run.
 */
export async function rerun(
  attestation: AttestationState,
  model: PlayableModel,
  content: ContentReader,
  assignment: Assignment | undefined,
  runOf: RunOf = runTraced,
): Promise<Rerun> {
  const input = await inputsOf(attestation, model, content, assignment);
  const run = (unit: number) => runOf(model, input(unit));
  return { model, input, run, traces: await tracesOf(run, countOf(attestation)) };
}

/** Whether an attestation says what the model gives. */
export function isRight(attestation: AttestationState, { model, traces, run }: Rerun): boolean {
  if (attestation.kind === "batch") return treeOfTraces(traces).root === attestation.message.root;
  const output = unsigned(run(0).outputs.at(-1) as Int8Array);
  const outputHash = tensorHash(tensorHeader(model.layout.output), output);
  return attestation.answer?.traceHash === traces[0] && attestation.answer?.outputHash === outputHash;
}

/**
 * What two runs of an attestation say of it, where the first one says that it is wrong.
 *
 * @returns "unsure" where both say so, and differ: then one of them, at least, isn't what the model gives.
 */
export function judgeTwice(attestation: AttestationState, first: Rerun, second: Rerun): "right" | "wrong" | "unsure" {
  if (isRight(attestation, second)) return "right";
  return second.traces.every((trace, unit) => trace === first.traces[unit]) ? "wrong" : "unsure";
}
