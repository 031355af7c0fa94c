import { defineOperator } from "./operator.ts";

/** The model's input. `fed` is how many of its last rows are the model's own output. */
export const input = defineOperator<{ fed: number }>({
  kind: 0,
  name: "input",
  fields: [["fed", "u16"]],
  reads: () => 0,
  fits: () => true,
  isBounded: ({ rows, width, constants: { fed } }) => fed === 0 || (width === 1 && fed < rows),
  state: () => ({ time: "rows", late: 0 }),
  rowsRead: () => ({}),
  // What it holds is given, not computed.
  fill: () => undefined,
  // The file's input is brought to its shape by whoever writes the file.
  write: () => undefined,
});
