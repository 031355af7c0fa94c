import { cut, defineOperator, stacked } from "./operator.ts";
import { STILL } from "./state.ts";
import { OUTPUT } from "./writer.ts";

/** Elements that are the model's own, as the embeddings of positions are. */
export const constant = defineOperator<Record<never, number>, Int8Array>({
  kind: 1,
  name: "constant",
  reads: () => 0,
  fits: () => true,
  parameters: ({ rows, width }) => ({ count: rows, length: width }),
  state: () => STILL,
  rowsRead: () => ({}),
  parameterRow: (row) => row,
  prepare: (rows, { width }) => stacked(rows, width),
  fill({ out, parameters, width }, row, from, to) {
    out.set(parameters.subarray(row * width + from, row * width + to), row * width + from);
  },
  write(to, { rows: count, width }, rows) {
    to.int8(OUTPUT, [count, width], stacked(rows, width));
  },
  rowsOf: (part, { rows }) => cut(part(OUTPUT), rows),
});
