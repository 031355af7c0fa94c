import { defineOperator, u8, widthRead } from "./operator.ts";
import { byRows } from "./state.ts";
import { toInt8, toInt32 } from "./writer.ts";

const BYTES = 256;

/** A byte as an int8 element. */
const asInt8 = (byte: number): number => (byte << 24) >> 24;

/** The byte whose score is the largest; once a text has stopped, the stop byte. */
export const argmax = defineOperator<{ stops: number; stop: number }>({
  kind: 12,
  name: "argmax",
  fields: [
    ["stops", "u8"],
    ["stop", "u8"],
  ],
  reads: ({ stops }) => (stops === 0 ? 1 : 2),
  fits: ({ rows, width, reads: [a, b] }) =>
    width === 1 && a?.rows === rows && a.width <= BYTES && (!b || (b.rows === rows && b.width === 1)),
  isBounded: ({ constants: { stops, stop } }) => stops === 1 || (stops === 0 && stop === 0),
  state: (_, reads) => byRows(reads),
  rowsRead: ({ constants: { stops } }, row) => (stops === 0 ? { first: row } : { first: row, second: row }),
  fill(site, row, from, to) {
    if (from >= to) return;
    const { a, b, out, constants } = site;
    const { stops, stop } = constants;
    const classes = widthRead(site);
    let found = 0;
    for (let i = 1; i < classes; i++)
      if ((a[row * classes + i] as number) > (a[row * classes + found] as number)) found = i;
    out[row] = stops === 1 && u8(b[row]) === stop ? stop : found;
  },
  write(to, { constants: { stops, stop } }) {
    const bytes = to.int32(
      "bytes",
      [BYTES],
      Array.from({ length: BYTES }, (_, byte) => asInt8(byte)),
    );
    const ending = stops === 1 ? to.int32("stop", [], [asInt8(stop)]) : undefined;
    const index = to.node("ArgMax", [toInt32(to, to.a, "logits")], "index", { axis: 1, keepdims: 1 });
    let chosen = to.node("Gather", [bytes, index], "byte");
    if (ending !== undefined) {
      const ended = to.node("Equal", [toInt32(to, to.b, "tokens"), ending], "ended");
      chosen = to.node("Where", [ended, ending, chosen], "chosen");
    }
    toInt8(to, chosen);
  },
});
