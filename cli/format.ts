import { bytesToHex } from "viem";

/** 1234567 as "1,234,567". */
export const grouped = (value: bigint | number | string): string => BigInt(value).toLocaleString("en-US");

/** One document with decimal strings for bigints and hex for bytes. */
export const toJson = (value: unknown): string =>
  JSON.stringify(
    value,
    (_, each) => (typeof each === "bigint" ? String(each) : each instanceof Uint8Array ? bytesToHex(each) : each),
    2,
  );

/** One line of JSON with decimal strings for bigints. */
export const toLine = (value: unknown): string =>
  `${JSON.stringify(value, (_, each) => (typeof each === "bigint" ? String(each) : each))}\n`;

/** A column of a table. */
export interface Column<T> {
  title: string;
  /** Aligns numbers on the right. */
  right?: boolean;
  cell: (row: T) => string;
}

/** Lines of aligned columns under their titles. */
export function table<T>(columns: readonly Column<T>[], rows: readonly T[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map(({ cell }) => cell(row)))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => (line[i] as string).length)));
  return cells
    .map((line) =>
      columns
        .map(({ right }, i) => {
          const [cell, width] = [line[i] as string, widths[i] as number];
          return right ? cell.padStart(width) : cell.padEnd(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Text from outside, safe for a terminal: characters that aren't printable ASCII become their numbers. */
export const printable = (text: string): string =>
  text.replace(/[^ -~]/gu, (each) => `\\u{${(each.codePointAt(0) as number).toString(16)}}`);

const MOST_SHOWN = 400;

/** A sentence that may quote what a stranger wrote: safe for a terminal, and cut where it grows too long to be read. */
export function quoted(sentence: string): string {
  const text = printable(sentence);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text;
}

/** Breaks text at spaces into lines of at most 100 columns, those after the first indented. */
export function wrap(text: string, indent = 0): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = lines.at(-1) as string;
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= 100 - indent) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${" ".repeat(indent)}`);
}

/** Unix seconds as "2026-03-01 12:00:00 UTC". */
export const utc = (seconds: bigint | number): string =>
  new Date(Number(seconds) * 1_000).toISOString().replace("T", " ").replace(".000Z", " UTC");
