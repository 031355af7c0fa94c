/** One row of a benchmark. */
export interface Measurement {
  name: string;
  value: number;
  unit: string;
  /** Whose number it is or what it is measured against, where it is not Proofboard's alone. */
  peer?: string;
}

/** One JSON object a line. */
export const asJson = (rows: readonly Measurement[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

/** A plain table: name, value, unit, peer. */
export function asTable(rows: readonly Measurement[]): string {
  const cells = rows.map(({ name, value, unit, peer = "" }) => [name, value.toLocaleString("en"), unit, peer]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => (row[column] as string).length)));
  return cells
    .map(([name = "", value = "", unit = "", peer = ""]) =>
      `${name.padEnd(widths[0] ?? 0)}  ${value.padStart(widths[1] ?? 0)} ${unit.padEnd(widths[2] ?? 0)}  ${peer}`.trimEnd(),
    )
    .join("\n");
}
