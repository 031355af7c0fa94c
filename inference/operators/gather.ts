import { defineOperator, type Placed, widthRead } from "./operator.ts";
import type { State } from "./state.ts";
import { shapeOut } from "./writer.ts";

type Window = Record<"height" | "across" | "outAcross" | "kh" | "kw" | "sy" | "sx" | "top" | "left", number>;

/** The row that a pixel of a window is, the window counted by `row`, its pixels by `pixel`; undefined outside the image. */
function pixelOf({ height, across, outAcross, kw, sy, sx, top, left }: Window, row: number, pixel: number) {
  const y = Math.floor(row / outAcross) * sy + Math.floor(pixel / kw) + top;
  const x = (row % outAcross) * sx + (pixel % kw) + left;
  return y >= 0 && y < height && x >= 0 && x < across ? y * across + x : undefined;
}

const channelsOf = ({ width, constants: { kh, kw } }: Placed<Window>): number => width / (kh * kw);

/** Windows of an image, each made into one row; or some rows of a text. */
export const gather = defineOperator<Window>({
  kind: 6,
  name: "gather",
  fields: [
    ["height", "u16"],
    ["across", "u16"],
    ["outAcross", "u16"],
    ["kh", "u8"],
    ["kw", "u8"],
    ["sy", "u8"],
    ["sx", "u8"],
    ["top", "i16"],
    ["left", "i16"],
  ],
  fits: (placed) => placed.width === placed.constants.kh * placed.constants.kw * widthRead(placed),
  isBounded({ rows, constants: { height, across, outAcross, kh, kw, sy, sx }, reads: [a] }) {
    if ([outAcross, kh, kw, sy, sx].includes(0)) return false;
    return height * across === a?.rows && rows % outAcross === 0;
  },
  state({ rows, constants: { height, outAcross, kw, sx, left } }, [read]): State | undefined {
    if (read?.time === "still") return read;
    if (read?.time !== "rows" || height !== 1 || sx !== 1 || outAcross !== rows) return undefined;
    return { time: "rows", late: read.late + left + kw - 1 };
  },
  rowsRead(placed, row, column) {
    const first = pixelOf(placed.constants, row, Math.floor(column / channelsOf(placed)));
    return first === undefined ? {} : { first };
  },
  fill(site, row, from, to) {
    const { a, out, width, constants } = site;
    const channels = channelsOf(site);
    for (let c = from; c < to; c++) {
      const first = pixelOf(constants, row, Math.floor(c / channels));
      out[row * width + c] = first === undefined ? 0 : (a[first * channels + (c % channels)] as number);
    }
  },
  write(to, placed) {
    const { constants, rows, reads } = placed;
    const channels = widthRead(placed);
    const zero = to.int8("zero", [1, channels], new Int8Array(channels));
    const window = constants.kh * constants.kw;
    const indices = Array.from({ length: rows * window }, (_, i) =>
      pixelOf(constants, Math.floor(i / window), i % window),
    );
    const index = to.int32(
      "rows",
      [indices.length],
      indices.map((row) => row ?? (reads[0]?.rows as number)),
    );
    const padded = to.node("Concat", [to.a, zero], "padded", { axis: 0 });
    shapeOut(to, to.node("Gather", [padded, index], "windows"), placed);
  },
});
