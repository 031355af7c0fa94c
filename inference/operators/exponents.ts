import { defineOperator, stacked } from "./operator.ts";
import type { State } from "./state.ts";
import { int32Values, ints, causal as seenBy, shapeOut, shared, toInt8, toInt32 } from "./writer.ts";

const ENTRIES = 256;

const isWellFormed = (row: Uint8Array): boolean => row.every((entry) => entry <= 127);

/** Softmax's numerators: by a table, of how far each score is below the largest of its row. */
export const exponents = defineOperator<{ heads: number; causal: number }, Int8Array>({
  kind: 10,
  name: "exponents",
  fields: [
    ["heads", "u16"],
    ["causal", "u8"],
  ],
  fits: ({ rows, width, reads: [a] }) => a?.rows === rows && a.width === width,
  isBounded: ({ rows, width, constants: { heads, causal } }) => heads * width === rows && causal <= 1,
  parameters: () => ({ count: 1, length: ENTRIES }),
  isWellFormed,
  state({ constants: { causal } }, [read]): State | undefined {
    if (read?.time === "still") return read;
    return read?.time === "heads" && causal === 1 ? read : undefined;
  },
  parameterRow: () => 0,
  prepare: (rows) =>
    stacked(
      rows.map((row) => (isWellFormed(row) ? row : new Uint8Array(ENTRIES))),
      ENTRIES,
    ),
  fill({ a, out, parameters, width, constants: { causal } }, row, from, to) {
    const end = causal === 1 ? (row % width) + 1 : width;
    const at = row * width;
    let highest = -128;
    for (let c = 0; c < end; c++) highest = Math.max(highest, a[at + c] as number);
    for (let c = from; c < to; c++) out[at + c] = c < end ? (parameters[highest - (a[at + c] as number)] as number) : 0;
  },
  write(to, placed, rows) {
    const { width: moments, constants } = placed;
    const split = to.int64("split", [constants.heads, moments, moments]);
    const table = to.int32("table", [ENTRIES], [...(rows[0] as Uint8Array)]);
    const scores = toInt32(to, to.node("Reshape", [to.a, split], "a"), "scores");
    const seen = constants.causal === 1 ? seenBy(to, moments) : undefined;
    const only = (value: string, otherwise: string, part: string) =>
      seen === undefined ? value : to.node("Where", [seen, value, otherwise], part);
    const highest = to.node("ReduceMax", [only(scores, shared["-128"], "shown")], "highest", {
      axes: ints(2),
      keepdims: 1,
    });
    const below = to.node("Sub", [highest, scores], "below");
    const distance = to.node("Max", [below, shared["0"]], "distance");
    const looked = to.node("Gather", [table, distance], "looked");
    shapeOut(to, toInt8(to, only(looked, shared["0"], "kept"), "stacked"), placed);
  },
  rowsOf: (part) => [Uint8Array.from(int32Values(part("table")))],
});
