import { forward } from "../../integer.ts";
import type { OpenModel } from "../../models.ts";
import { traceOf } from "./evidence.ts";

/** Most bytes of a transaction that nodes forward, and what a batch needs beside layout and traces. */
const MOST_BYTES = 131_072;
const OTHER_BYTES = 1024;
/** This many of the smallest units stay within a transaction's gas. */
const MOST_UNITS = 10_000;

/** The parts of a model that determine the length of its layout and units. */
interface Sized extends Pick<OpenModel, "layers"> {
  publication: Pick<OpenModel["publication"], "layout">;
}

/** Number of units of a model that fit into one transaction. */
export function mostUnits({ layers, publication }: Sized): number {
  const unitBytes = layers.reduce((sum, { length }) => sum + length, 0);
  const left = MOST_BYTES - OTHER_BYTES - publication.layout.length;
  return Math.min(MOST_UNITS, Math.floor(left / unitBytes));
}

/** Runs a unit: its leaf A_1 ‖ … ‖ A_L, the hidden activations as the rows give them, the output as the runtime does. */
export async function runUnit(
  { layers, session }: Pick<OpenModel, "layers" | "session">,
  input: Int8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const hidden = forward(layers.slice(0, -1), input).slice(1);
  const output = await session.run(new Uint8Array(input));
  return traceOf([...hidden, new Int8Array(output)]);
}
