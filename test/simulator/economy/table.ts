import type { Row } from "./report.ts";

const COLUMNS: readonly [title: string, cell: (row: Row) => string][] = [
  ["strategy", ({ strategy }) => strategy],
  ["list", ({ verifiers }) => String(verifiers)],
  ["share", ({ share }) => (share === 0 ? "-" : percent(share))],
  ["attest.", ({ attestations }) => String(attestations)],
  ["profit", ({ profit }) => eth(profit.total)],
  ["in points", ({ profit }) => eth(profit.points)],
  ["damage", ({ damage }) => eth(damage.total)],
  ["in points", ({ damage }) => eth(damage.points)],
  ["factor", ({ griefingFactor }) => (griefingFactor === null ? "free" : griefingFactor.toFixed(1))],
  ["lies Verified", ({ lies, liesVerified }) => (lies === 0 ? "-" : percent(liesVerified))],
  ["Refuted", ({ refuted }) => percent(refuted)],
  ["Void", ({ voided }) => percent(voided)],
  ["refused", ({ refused }) => percent(refused)],
];

const eth = (value: number): string => {
  const text = value.toFixed(3);
  return text === "-0.000" ? "0.000" : text;
};

const percent = (share: number): string => `${Number((100 * share).toFixed(1))} %`;

/** Rows as a Markdown table whose columns are aligned. */
export function table(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, cell]) => cell(row)))];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map((line) => (line[i] as string).length)));
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => (i === 0 ? text.padEnd(widths[0] as number) : text.padStart(widths[i] as number))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => (i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  const [head, ...body] = cells.map(line);
  return [head, rule, ...body].join("\n");
}
