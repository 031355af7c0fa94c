/** One row of a benchmark, by the names of its fields; a field that doesn't apply is left out. */
export type Row = Readonly<Record<string, string | number | undefined>>;

/** A row of a single number. */
export interface Measurement {
  [field: string]: string | number | undefined;
  name: string;
  value: number;
  unit: string;
  /** Whose number it is, or what it is compared with, if it isn't Proofboard's alone. */
  peer?: string;
}

/** One JSON object a line. */
export const asJson = (rows: readonly Row[]): string => rows.map((row) => JSON.stringify(row)).join("\n");

/** A table with a column for each field of any row: words to the left, numbers to the right. */
export function asTable(rows: readonly Row[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const columns = fields.map((field) => {
    const values = rows.map((row) => row[field]);
    const cells = [field, ...values.map((value) => value?.toLocaleString("en") ?? "")];
    const width = Math.max(...cells.map((cell) => cell.length));
    const numeric = values.every((value) => typeof value !== "string");
    return cells.map((cell) => (numeric ? cell.padStart(width) : cell.padEnd(width)));
  });
  return ["", ...rows]
    .map((_, i) =>
      columns
        .map((cells) => cells[i])
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
