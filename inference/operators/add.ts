import { clamp, defineOperator } from "./operator.ts";
import { together } from "./state.ts";
import { rescale, scaling, shared, toInt8, toInt32 } from "./writer.ts";

const MAX_SHIFT = 22;

/** Two outputs of any two scales, added. */
export const add = defineOperator<{ m: number; n: number; shift: number }>({
  kind: 5,
  name: "add",
  fields: [
    ["m", "i16"],
    ["n", "i16"],
    ["shift", "u8"],
  ],
  reads: () => 2,
  fits: ({ rows, width, reads }) => reads.every((each) => each.rows === rows && each.width === width),
  isBounded: ({ constants: { shift } }) => shift >= 1 && shift <= MAX_SHIFT,
  state: (_, reads) => together(reads),
  rowsRead: (_, row) => ({ first: row, second: row }),
  fill({ a, b, out, width, constants: { m, n, shift } }, row, from, to) {
    const half = 1 << (shift - 1);
    for (let at = row * width + from; at < row * width + to; at++)
      out[at] = clamp((m * (a[at] as number) + n * (b[at] as number) + half) >> shift);
  },
  write(to, { constants: { m, n, shift } }) {
    const [first, second] = [to.int32("m", [], [m]), to.int32("n", [], [n])];
    const constants = scaling(to, { dims: [], shifts: [shift], biases: [0] });
    const left = to.node("Mul", [toInt32(to, to.a, "a"), first], "left");
    const right = to.node("Mul", [toInt32(to, to.b, "b"), second], "right");
    const products = to.node("Add", [left, right], "products");
    toInt8(to, rescale(to, products, constants, shared["-128"]));
  },
});
