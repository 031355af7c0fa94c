import type { Layout, Row } from "../../../sdk/layouts.ts";
import { checkRows } from "../../integer.ts";
import { SIGNAL_BYTES } from "./signals.ts";

/** Most constraints of a circuit, so that its keys can be made on a participant's machine: every model of 64-32-10 has fewer. */
const MAX_CONSTRAINTS = 2 ** 12 - 2 ** 6;

/**
 * The circuit of an integer model as circom source: the same text for the same model everywhere. Its private input `data` is
 * the model's input, a byte an element, and its public input `uid`; its outputs `packed` are input and output, 31 bytes a
 * signal. Every value is constrained to its range, so there is no witness for a wrong output.
 *
 * Throws where the rows don't fit the layout or the model is too large.
 */
export function circuitOf(layout: Layout, layers: readonly (readonly Row[])[]): string {
  checkRows(layout, layers);
  const constraints = constraintsOf(layout, layers);
  if (constraints > MAX_CONSTRAINTS)
    throw new RangeError(
      `The model's circuit has ${constraints} constraints; keys are made for at most ${MAX_CONSTRAINTS}, which every model of 64-32-10 has.`,
    );
  return `${TEMPLATES}
template Model() {
${[...inputLines(layout), ...layers.flatMap(layerLines), ...packingLines(layout)].map((line) => `    ${line}`).join("\n")}
}

component main {public [uid]} = Model();
`;
}

/** How many constraints a model's circuit has, linear ones eliminated: bits, clamps and the attestation's square. */
export const constraintsOf = ({ widths }: Layout, layers: readonly (readonly Row[])[]): number =>
  layers.flat().reduce((sum, row) => sum + sumBits(row) + (row.lo === 0 ? 4 : 3), 8 * (widths[0] as number) + 1);

const packedCount = (widths: readonly number[]): number =>
  Math.ceil(((widths[0] as number) + (widths.at(-1) as number)) / SIGNAL_BYTES);

/**
 * How many bits hold every sum Σ x·w + bias + 2^(shift-1) of a row, with its sign: at least so many that between
 * a clamped quotient's seven and the sign there is one.
 */
export function sumBits({ shift, bias, weights }: Row): number {
  const offset = bias + 2 ** (shift - 1);
  const [low, high] = weights.reduce(
    ([low, high], w) => (w < 0 ? [low + 127 * w, high - 128 * w] : [low - 128 * w, high + 127 * w]),
    [offset, offset],
  );
  let bits = shift + 9;
  while (high >= 2 ** (bits - 1) || low < -(2 ** (bits - 1))) bits++;
  return bits;
}

function inputLines({ widths }: Layout): string[] {
  const [width] = widths as [number];
  return [
    `signal input data[${width}];`,
    "signal input uid;",
    "// A public input that no constraint uses could be exchanged in a proof.",
    "signal square <== uid * uid;",
    "",
    `component in[${width}];`,
    `signal a0[${width}];`,
    `for (var i = 0; i < ${width}; i++) {`,
    "    in[i] = Bits(8);",
    "    in[i].value <== data[i];",
    "    a0[i] <== data[i] - 256 * in[i].bits[7];",
    "}",
  ];
}

function layerLines(rows: readonly Row[], layer: number): string[] {
  const width = (rows[0] as Row).weights.length;
  return [
    "",
    `signal a${layer + 1}[${rows.length}];`,
    ...rows.flatMap((row, j) => {
      const [name, template] = [`row${layer + 1}_${j}`, row.lo === 0 ? "Positive" : "Signed"];
      const { weights, bias, shift } = row;
      return [
        `component ${name} = ${template}(${width}, [${weights.join(", ")}], ${bias}, ${shift}, ${sumBits(row)});`,
        `${name}.x <== a${layer};`,
        `a${layer + 1}[${j}] <== ${name}.y;`,
      ];
    }),
  ];
}

function packingLines({ widths }: Layout): string[] {
  const [inputs, outputs] = [widths[0] as number, widths.at(-1) as number];
  return [
    "",
    `var bytes[${inputs + outputs}];`,
    `for (var i = 0; i < ${inputs}; i++) { bytes[i] = data[i]; }`,
    ...Array.from({ length: outputs }, (_, j) => `bytes[${inputs + j}] = row${widths.length - 1}_${j}.byte;`),
    `signal output packed[${packedCount(widths)}];`,
    `for (var s = 0; s < ${packedCount(widths)}; s++) {`,
    "    var number = 0;",
    `    for (var i = ${SIGNAL_BYTES} * s; i < ${SIGNAL_BYTES} * (s + 1) && i < ${inputs + outputs}; i++) { number = 256 * number + bytes[i]; }`,
    "    packed[s] <== number;",
    "}",
  ];
}

const TEMPLATES = `pragma circom 2.1.6;

// A value of 0 to 2^n - 1 and its bits, the lowest first.
template Bits(n) {
    signal input value;
    signal output bits[n];

    var sum = 0;
    for (var i = 0; i < n; i++) {
        bits[i] <-- (value >> i) & 1;
        bits[i] * (bits[i] - 1) === 0;
        sum += bits[i] * 2 ** i;
    }
    sum === value;
}

// 1 where the value is 0, and 0 elsewhere.
template IsZero() {
    signal input value;
    signal output is;

    signal inverse <-- value != 0 ? 1 / value : 0;
    is <== 1 - value * inverse;
    value * is === 0;
}

// The quotient floor((sum of x * w + bias + 2^(shift-1)) / 2^shift), of which the sum has n bits with its sign: its sign, its
// seven lowest bits as a number, and whether it is within -128 to 127, or 0 to 127 where it may not be negative.
template Quotient(width, w, bias, shift, n, mayBeNegative) {
    signal input x[width];
    signal output positive;
    signal output low;
    signal output inside;

    var sum = bias + 2 ** (shift - 1) + 2 ** (n - 1);
    for (var i = 0; i < width; i++) { sum += w[i] * x[i]; }
    component split = Bits(n);
    split.value <== sum;
    positive <== split.bits[n - 1];

    var number = 0;
    for (var i = 0; i < 7; i++) { number += split.bits[shift + i] * 2 ** i; }
    low <== number;

    // Between those bits and the sign all bits are 0 in a small positive number, and all 1 in a small negative one.
    var ones = 0;
    for (var i = shift + 7; i < n - 1; i++) { ones += split.bits[i]; }
    component small = IsZero();
    small.value <== ones - mayBeNegative * (n - 8 - shift) * (1 - positive);
    inside <== small.is;
}

// A neuron with the lower bound 0.
template Positive(width, w, bias, shift, n) {
    signal input x[width];
    signal output y;
    signal output byte;

    component q = Quotient(width, w, bias, shift, n, 0);
    q.x <== x;
    signal below <== q.inside * (q.low - 127);
    y <== q.positive * (below + 127);
    byte <== y;
}

// A neuron with the lower bound -128; its byte is the two's complement.
template Signed(width, w, bias, shift, n) {
    signal input x[width];
    signal output y;
    signal output byte;

    component q = Quotient(width, w, bias, shift, n, 1);
    q.x <== x;
    signal within <== q.inside * (q.low - 127 * q.positive);
    y <== within + 255 * q.positive - 128;
    byte <== y + 256 * (1 - q.positive);
}
`;
