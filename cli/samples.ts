import { open } from "node:fs/promises";
import type { Samples } from "../inference/import/inputs.ts";
import { UsageError } from "./usage.ts";

/** Samples of a file, with their labels where a column holds them. */
export interface SamplesFile extends Samples {
  /** A number for each sample; of classes that are named, the name's position in `classes`. */
  labels: number[] | undefined;
  /** Names of classes, in alphabetical order; undefined where labels are numbers. */
  classes: string[] | undefined;
}

/** Largest file of samples, in bytes. */
const MOST_BYTES = 512 * 1024 * 1024;

/**
 * Reads samples: a NumPy array of the shape [samples, …] (.npy), a row a sample (.csv), or nested arrays (.json). Throws a
 * {@link UsageError} that says what is wrong with the file.
 *
 * @param label Name or position, from 0, of the column that holds labels, of a .csv.
 */
export async function readSamples(file: string, label?: string): Promise<SamplesFile> {
  const extension = /\.[a-z]+$/i.exec(file)?.[0].toLowerCase();
  if (label !== undefined && extension !== ".csv")
    throw new UsageError(`--label names a column of a .csv; the samples are "${file}". Give --labels FILE.`);
  const bytes = await readBytes(file);
  if (extension === ".csv") return parseCsv(file, bytes.toString(), label);
  const array = parseArray(file, extension, bytes);
  const [count, ...shape] = array.shape;
  if (count === undefined) throw new UsageError(`"${file}" holds one number; it must be an array of samples.`);
  if (count === 0) throw new UsageError(`"${file}" has no samples; at least one is needed.`);
  return { shape, values: array.values, labels: undefined, classes: undefined };
}

/** Reads a label for each sample: a .npy or .json of as many whole numbers. */
export async function readLabels(file: string, count: number): Promise<number[]> {
  const { values } = parseArray(file, /\.[a-z]+$/i.exec(file)?.[0].toLowerCase(), await readBytes(file));
  if (values.length !== count)
    throw new UsageError(`"${file}" has ${values.length} labels; there are ${count} samples.`);
  return Array.from(values);
}

interface NumberArray {
  shape: number[];
  values: Float64Array;
}

function parseArray(file: string, extension: string | undefined, bytes: Buffer): NumberArray {
  if (extension === ".npy") return parseNpy(file, bytes);
  if (extension === ".json") return parseJson(file, bytes.toString());
  if (extension === ".npz") throw new UsageError(`"${file}" is an archive; save its array by numpy.save as .npy.`);
  throw new UsageError(`"${file}" must be named .npy, .csv or .json, by what it holds.`);
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const { size } = await handle.stat();
    if (size > MOST_BYTES) throw new UsageError(`"${file}" is ${size} bytes; at most ${MOST_BYTES} are read.`);
    return await handle.readFile();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`"${file}" can't be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}

type ReadElement = (view: DataView, at: number) => number;

/** Element types by NumPy's names, little-endian: bytes, and how one is read. */
const elements: Readonly<Record<string, readonly [size: number, read: ReadElement]>> = {
  "<f4": [4, (view, at) => view.getFloat32(at, true)],
  "<f8": [8, (view, at) => view.getFloat64(at, true)],
  "|u1": [1, (view, at) => view.getUint8(at)],
  "|i1": [1, (view, at) => view.getInt8(at)],
  "|b1": [1, (view, at) => view.getUint8(at)],
  "<i2": [2, (view, at) => view.getInt16(at, true)],
  "<i4": [4, (view, at) => view.getInt32(at, true)],
  "<i8": [8, (view, at) => Number(view.getBigInt64(at, true))],
};

/** Reads a .npy file: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function parseNpy(file: string, bytes: Buffer): NumberArray {
  const isOne = bytes.length >= 12 && bytes.subarray(0, 6).equals(Buffer.from("\x93NUMPY", "latin1"));
  if (!isOne) throw new UsageError(`"${file}" is no .npy file.`);
  const [start, length] = bytes[6] === 1 ? [10, bytes.readUInt16LE(8)] : [12, bytes.readUInt32LE(8)];
  const header = bytes.toString("latin1", start, start + length);
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1] ?? "";
  const dims = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  const element = Object.hasOwn(elements, type) ? elements[type] : undefined;
  if (element === undefined || dims === undefined)
    throw new UsageError(
      `"${file}" holds elements of the type "${type}"; right would be one of ${Object.keys(elements).join(", ")}.`,
    );
  if (/'fortran_order':\s*True/.test(header))
    throw new UsageError(`"${file}" is in Fortran's order; save it after numpy.ascontiguousarray.`);
  const shape = [...dims.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const count = shape.reduce((product, dim) => product * dim, 1);
  const [size, read] = element;
  if (bytes.length - start - length !== count * size)
    throw new UsageError(
      `"${file}" has ${bytes.length - start - length} bytes of data; its shape (${shape.join(", ")}) makes ${count * size}.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + length);
  return { shape, values: Float64Array.from({ length: count }, (_, i) => read(view, i * size)) };
}

function parseJson(file: string, text: string): NumberArray {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`"${file}" is not JSON; right would be an array of samples.`);
  }
  const shape: number[] = [];
  for (let level = value; Array.isArray(level); [level] = level) shape.push(level.length);
  const values: number[] = [];
  const collect = (each: unknown, depth: number): void => {
    if (depth < shape.length) {
      if (!Array.isArray(each) || each.length !== shape[depth])
        throw new UsageError(`"${file}" holds samples of unequal shapes; the first is [${shape.slice(1).join(", ")}].`);
      for (const part of each) collect(part, depth + 1);
    } else if (typeof each === "number") values.push(each);
    else throw new UsageError(`"${file}" holds ${JSON.stringify(each)} where a number is needed.`);
  };
  collect(value, 0);
  return { shape, values: Float64Array.from(values) };
}

function parseCsv(file: string, text: string, label: string | undefined): SamplesFile {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const cells = lines.map((line) => line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  const [first = []] = cells;
  const column = label === undefined ? -1 : columnOf(file, first, label);
  const isHeader = first.some((cell, i) => i !== column && !isNumber(cell));
  const rows = isHeader ? cells.slice(1) : cells;
  if (rows.length === 0) throw new UsageError(`"${file}" has no samples; at least one is needed.`);
  const width = first.length;
  const values: number[] = [];
  for (const [r, row] of rows.entries()) {
    const line = r + (isHeader ? 2 : 1);
    if (row.length !== width)
      throw new UsageError(`"${file}" has ${row.length} columns in row ${line}; the first has ${width}.`);
    for (const [c, cell] of row.entries()) {
      if (c === column) continue;
      if (!isNumber(cell))
        throw new UsageError(`"${file}" has "${cell}" in row ${line}, column ${c}; a number is needed.`);
      values.push(Number(cell));
    }
  }
  const shape = [width - Number(column !== -1)];
  return { shape, values: Float64Array.from(values), ...labelsOf(rows, column) };
}

const isNumber = (text: string): boolean => text !== "" && Number.isFinite(Number(text));

function columnOf(file: string, header: readonly string[], label: string): number {
  const column = /^\d+$/.test(label) ? Number(label) : header.indexOf(label);
  if (column === -1 || column >= header.length)
    throw new UsageError(
      `--label is "${label}"; "${file}" has the columns 0 to ${header.length - 1}${isNumber(header[0] ?? "") ? "" : `: ${header.join(", ")}`}.`,
    );
  return column;
}

function labelsOf(rows: readonly (readonly string[])[], column: number): Pick<SamplesFile, "labels" | "classes"> {
  if (column === -1) return { labels: undefined, classes: undefined };
  const given = rows.map((row) => row[column] as string);
  if (given.every(isNumber)) return { labels: given.map(Number), classes: undefined };
  const classes = [...new Set(given)].sort();
  return { labels: given.map((name) => classes.indexOf(name)), classes };
}
