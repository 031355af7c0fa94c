import { encodeRow } from "../../sdk/layouts.ts";
import { MAX_SHIFT, MIN_SHIFT, maxBias } from "../integer.ts";
import { defineOperator, signed, widthRead } from "./operator.ts";
import { byRows } from "./state.ts";
import { int32Values, rescale, scaling, toInt8, unscaled } from "./writer.ts";

/** u8 shift ‖ i8 lo ‖ i32 bias, before a row's weights. */
const PREFIX = 6;

/** Neurons, one after another. */
interface Neurons {
  shifts: number[];
  los: number[];
  biases: number[];
  /** Those of one neuron after those of the one before. */
  weights: Int8Array;
}

function isWellFormed(row: Uint8Array): boolean {
  const { shift, lo, bias } = prefixOf(row);
  if (shift < MIN_SHIFT || shift > MAX_SHIFT || (lo !== 0 && lo !== -128)) return false;
  return Math.abs(bias) <= maxBias(row.length - PREFIX, shift);
}

function prefixOf(row: Uint8Array): { shift: number; lo: number; bias: number } {
  const view = new DataView(row.buffer, row.byteOffset, row.length);
  return { shift: view.getUint8(0), lo: view.getInt8(1), bias: view.getInt32(2) };
}

/** A neuron that gives 0, whatever it reads. */
const silent = { shift: 1, lo: -128, bias: 0 };

/** The integer profile, row by row: a parameter row for each column. */
export const linear = defineOperator<Record<never, number>, Neurons>({
  kind: 3,
  name: "linear",
  fits: ({ rows, reads: [a] }) => a?.rows === rows,
  parameters: (placed) => ({ count: placed.width, length: PREFIX + widthRead(placed) }),
  isWellFormed,
  state: (_, reads) => byRows(reads),
  parameterRow: (_row, column) => column,
  prepare(rows, placed) {
    const inputs = widthRead(placed);
    const weights = new Int8Array(rows.length * inputs);
    const prefixes = rows.map((row, c) => {
      if (row.length !== PREFIX + inputs || !isWellFormed(row)) return silent;
      weights.set(signed(row.subarray(PREFIX)), c * inputs);
      return prefixOf(row);
    });
    return {
      shifts: prefixes.map(({ shift }) => shift),
      los: prefixes.map(({ lo }) => lo),
      biases: prefixes.map(({ bias, shift }) => bias + 2 ** (shift - 1)),
      weights,
    };
  },
  fill(site, row, from, to) {
    const { a, out, width, parameters } = site;
    const { shifts, los, biases, weights } = parameters;
    const inputs = widthRead(site);
    const x = a.subarray(row * inputs, (row + 1) * inputs);
    for (let c = from, k = from * inputs; c < to; c++) {
      let sum = biases[c] as number;
      for (let i = 0; i < inputs; i++, k++) sum += (x[i] as number) * (weights[k] as number);
      out[row * width + c] = Math.max(los[c] as number, Math.min(127, sum >> (shifts[c] as number)));
    }
  },
  write(to, placed, rows) {
    const [inputs, { width }] = [widthRead(placed), placed];
    const columns = new Int8Array(inputs * width);
    for (const [c, row] of rows.entries())
      for (let i = 0; i < inputs; i++) columns[i * width + c] = row[PREFIX + i] as number;
    const prefixes = rows.map(prefixOf);
    const weights = to.int8("weights", [inputs, width], columns);
    const shifts = prefixes.map(({ shift }) => shift);
    const constants = scaling(to, { dims: [width], shifts, biases: prefixes.map(({ bias }) => bias) });
    const lo = to.int32(
      "lo",
      [width],
      prefixes.map((each) => each.lo),
    );
    toInt8(to, rescale(to, to.node("MatMulInteger", [to.a, weights], "products"), constants, lo));
  },
  rowsOf(part, placed) {
    const [inputs, { width }] = [widthRead(placed), placed];
    const [columns, los] = [signed(part("weights")), int32Values(part("lo"))];
    return unscaled(part("bias"), part("divisor")).map(({ shift, bias }, c) => {
      const weights = Int8Array.from({ length: inputs }, (_, i) => columns[i * width + c] as number);
      return encodeRow({ shift, lo: los[c] as number, bias, weights });
    });
  },
});
