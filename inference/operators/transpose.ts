import { defineOperator } from "./operator.ts";
import type { State } from "./state.ts";
import { ints, OUTPUT } from "./writer.ts";

/** Rows become columns. */
export const transpose = defineOperator<Record<never, number>>({
  kind: 8,
  name: "transpose",
  fits: ({ rows, width, reads: [a] }) => a?.rows === width && a.width === rows,
  state(_, [read]): State | undefined {
    if (read?.time === "rows") return { ...read, time: "columns" };
    if (read?.time === "columns") return { ...read, time: "rows" };
    return read?.time === "still" ? read : undefined;
  },
  rowsRead: (_, _row, column) => ({ first: column }),
  fill({ a, out, rows, width }, row, from, to) {
    for (let c = from; c < to; c++) out[row * width + c] = a[c * rows + row] as number;
  },
  write(to) {
    to.node("Transpose", [to.a], OUTPUT, { perm: ints(1, 0) });
  },
});
