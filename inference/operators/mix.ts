import { clamp, defineOperator } from "./operator.ts";
import type { State } from "./state.ts";
import { ints, shapeOut, shared, toInt8, toInt32 } from "./writer.ts";

const MAX_GAIN = 7;
const MAX_WEIGHT = 127;

/** Attention's end: each channel's mean over the moments, by the weights of its head. */
export const mix = defineOperator<{ heads: number; gain: number }>({
  kind: 11,
  name: "mix",
  fields: [
    ["heads", "u16"],
    ["gain", "u8"],
  ],
  reads: () => 2,
  fits: ({ rows, width, reads: [a, b] }) => a?.width === rows && b?.rows === width && b.width === rows,
  isBounded({ rows, width, constants: { heads, gain } }, [weights], [attention]) {
    if (weights !== "exponents" || attention?.heads !== heads || width % heads !== 0) return false;
    return gain <= MAX_GAIN && (2 ** (8 + gain) + 1) * MAX_WEIGHT * rows < 2 ** 30;
  },
  state(_, [weights, values]): State | undefined {
    if (weights?.time === "still" && values?.time === "still") return weights;
    if (weights?.time !== "heads" || !values || (values.time !== "columns" && values.time !== "still"))
      return undefined;
    return { time: "rows", late: values.time === "still" ? weights.late : Math.max(weights.late, values.late) };
  },
  rowsRead: ({ rows, width, constants: { heads } }, row, column) => ({
    first: Math.floor(column / (width / heads)) * rows + row,
    second: column,
  }),
  fill({ a, b, out, rows, width, constants: { heads, gain } }, row, from, to) {
    const depth = width / heads;
    for (let c = from; c < to; c++) {
      const weights = (Math.floor(c / depth) * rows + row) * rows;
      let [products, sum] = [0, 0];
      for (let i = 0; i < rows; i++) {
        const weight = a[weights + i] as number;
        products += weight * (b[c * rows + i] as number);
        sum += weight;
      }
      sum = Math.max(1, sum);
      out[row * width + c] = clamp(Math.floor((2 ** gain * products + Math.floor(sum / 2)) / sum));
    }
  },
  write(to, placed) {
    const { rows: moments, width, constants } = placed;
    const weightSplit = to.int64("weightSplit", [constants.heads, moments, moments]);
    const valueSplit = to.int64("valueSplit", [constants.heads, width / constants.heads, moments]);
    const axes = to.int64("axes", [2]);
    const gain = to.int32("gain", [], [2 ** constants.gain]);
    const offset = to.int32("offset", [], [2 ** (7 + constants.gain)]);
    const a = to.node("Reshape", [to.a, weightSplit], "a");
    const b = to.node("Reshape", [to.b, valueSplit], "b");
    const values = to.node("Transpose", [b], "values", { perm: ints(0, 2, 1) });
    const products = to.node("MatMulInteger", [a, values], "products");
    const gained = to.node("Mul", [products, gain], "gained");
    const weights = toInt32(to, a, "weights");
    const total = to.node("ReduceSum", [weights, axes], "total", { keepdims: 1 });
    const sum = to.node("Max", [total, shared["1"]], "sum");
    const half = to.node("Div", [sum, shared["2"]], "half");
    const lift = to.node("Mul", [sum, offset], "lift");
    const rounded = to.node("Add", [gained, half], "rounded");
    const lifted = to.node("Add", [rounded, lift], "lifted");
    const quotients = to.node("Div", [lifted, sum], "quotients");
    const means = to.node("Sub", [quotients, offset], "means");
    const raised = to.node("Max", [means, shared["-128"]], "raised");
    const clamped = toInt8(to, to.node("Min", [raised, shared["127"]], "clamped"), "heads");
    shapeOut(to, to.node("Transpose", [clamped], "joined", { perm: ints(1, 0, 2) }), placed);
  },
});
