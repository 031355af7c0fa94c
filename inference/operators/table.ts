import { cut, defineOperator, stacked, u8 } from "./operator.ts";
import { together } from "./state.ts";
import { OUTPUT, toInt32 } from "./writer.ts";

const ENTRIES = 256;

/** Any function of one element. */
export const table = defineOperator<Record<never, number>, Int8Array>({
  kind: 4,
  name: "table",
  fits: ({ rows, width, reads: [a] }) => a?.rows === rows && a.width === width,
  parameters: () => ({ count: 1, length: ENTRIES }),
  state: (_, reads) => together(reads),
  parameterRow: () => 0,
  prepare: (rows) => stacked(rows, ENTRIES),
  fill({ a, out, parameters, width }, row, from, to) {
    for (let at = row * width + from; at < row * width + to; at++) out[at] = parameters[u8(a[at])] as number;
  },
  write(to, _, rows) {
    const entries = to.int8("table", [ENTRIES], stacked(rows, ENTRIES));
    to.node("Gather", [entries, toInt32(to, to.a, "index")], OUTPUT);
  },
  rowsOf: (part) => cut(part("table"), 1),
});
