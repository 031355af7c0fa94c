import { defineOperator, type Placed, widthRead } from "./operator.ts";
import { byRows } from "./state.ts";
import { ints, OUTPUT } from "./writer.ts";

const groupsOf = (placed: Placed): number => widthRead(placed) / placed.width;

/** The largest of what stands side by side; of a gathered window, max pooling. */
export const max = defineOperator<Record<never, number>>({
  kind: 7,
  name: "max",
  fits: (placed) => placed.reads[0]?.rows === placed.rows && Number.isInteger(groupsOf(placed)),
  state: (_, reads) => byRows(reads),
  fill(site, row, from, to) {
    const { a, out, width } = site;
    const groups = groupsOf(site);
    for (let c = from; c < to; c++) {
      let largest = -128;
      for (let i = 0; i < groups; i++) largest = Math.max(largest, a[row * groups * width + i * width + c] as number);
      out[row * width + c] = largest;
    }
  },
  write(to, placed) {
    const groups = to.int64("groups", [placed.rows, groupsOf(placed), placed.width]);
    const grouped = to.node("Reshape", [to.a, groups], "grouped");
    to.node("ReduceMax", [grouped], OUTPUT, { axes: ints(1), keepdims: 0 });
  },
});
