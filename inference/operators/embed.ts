import { cut, defineOperator, stacked, u8 } from "./operator.ts";
import { byRows } from "./state.ts";
import { shapeOut, toInt32 } from "./writer.ts";

const TOKENS = 256;

/** A parameter row for each byte. */
export const embed = defineOperator<Record<never, number>, Int8Array>({
  kind: 2,
  name: "embed",
  fits: ({ rows, reads: [a] }) => a?.rows === rows && a.width === 1,
  parameters: ({ width }) => ({ count: TOKENS, length: width }),
  state: (_, reads) => byRows(reads),
  parameterRow: (_row, _column, a) => u8(a[0]),
  prepare: (rows, { width }) => stacked(rows, width),
  fill({ a, out, parameters, width }, row, from, to) {
    const token = u8(a[row]);
    out.set(parameters.subarray(token * width + from, token * width + to), row * width + from);
  },
  write(to, placed, rows) {
    const table = to.int8("rows", [TOKENS, placed.width], stacked(rows, placed.width));
    const looked = to.node("Gather", [table, toInt32(to, to.a, "tokens")], "looked");
    shapeOut(to, looked, placed);
  },
  rowsOf: (part) => cut(part("rows"), TOKENS),
});
