import { clamp, defineOperator, type Placed, widthRead } from "./operator.ts";
import { byRows, type State } from "./state.ts";
import { causal, ints, rescale, scaling, shapeOut, shared, toInt8 } from "./writer.ts";

type Attention = Record<"heads" | "causal" | "shift", number>;

const MAX_SHIFT = 26;

/** How many columns a row's moment sees: those that don't come after it, or all. */
const seenBy = ({ width, constants: { causal } }: Placed<Attention>, row: number): number =>
  causal === 1 ? (row % width) + 1 : width;

/** How well each moment's query fits each moment's key, head by head. */
export const scores = defineOperator<Attention>({
  kind: 9,
  name: "scores",
  fields: [
    ["heads", "u16"],
    ["causal", "u8"],
    ["shift", "u8"],
  ],
  reads: () => 2,
  fits: ({ width, reads: [a, b] }) => a?.rows === width && b?.rows === width && a.width === b.width,
  isBounded(placed) {
    const { rows, width, constants } = placed;
    const { heads, causal, shift } = constants;
    if (heads === 0 || widthRead(placed) % heads !== 0 || rows !== heads * width) return false;
    return causal <= 1 && shift >= 1 && shift <= MAX_SHIFT;
  },
  state({ constants: { causal } }, reads): State | undefined {
    const read = byRows(reads);
    if (read?.time !== "rows") return read;
    return causal === 1 ? { time: "heads", late: read.late } : undefined;
  },
  rowsRead: (placed, row, column) =>
    column < seenBy(placed, row) ? { first: row % placed.width, second: column } : {},
  fill(site, row, from, to) {
    const { a, b, out, width, constants } = site;
    const channels = widthRead(site);
    const half = 1 << (constants.shift - 1);
    const seen = seenBy(site, row);
    const depth = channels / constants.heads;
    const first = Math.floor(row / width) * depth;
    const query = (row % width) * channels + first;
    for (let c = from; c < Math.min(to, seen); c++) {
      let sum = half;
      for (let i = 0, key = c * channels + first; i < depth; i++)
        sum += (a[query + i] as number) * (b[key + i] as number);
      out[row * width + c] = clamp(sum >> constants.shift);
    }
    out.fill(0, row * width + Math.max(from, seen), row * width + to);
  },
  write(to, placed) {
    const { width: moments, constants } = placed;
    const split = to.int64("split", [moments, constants.heads, widthRead(placed) / constants.heads]);
    const scalingOf = scaling(to, { dims: [], shifts: [constants.shift], biases: [0] });
    const queries = to.node("Transpose", [to.node("Reshape", [to.a, split], "a")], "queries", { perm: ints(1, 0, 2) });
    const keys = to.node("Transpose", [to.node("Reshape", [to.b, split], "b")], "keys", { perm: ints(1, 2, 0) });
    const products = to.node("MatMulInteger", [queries, keys], "products");
    let shown = rescale(to, products, scalingOf, shared["-128"]);
    if (constants.causal === 1) shown = to.node("Where", [causal(to, moments), shown, shared["0"]], "shown");
    shapeOut(to, toInt8(to, shown, "stacked"), placed);
  },
});
