import { readFile } from "node:fs/promises";
import { bytesToHex } from "viem";
import { messageOf } from "../inference/failures.ts";
import type { Tensor } from "../inference/tensors.ts";
import { INT8, type TensorSpec, tensorBytes, UINT8 } from "../sdk/layouts.ts";
import { holdsText, shownText, textInput } from "../sdk/text.ts";
import { wrap } from "./format.ts";
import { UsageError } from "./usage.ts";

/** Reads an input: a JSON array where the file is named `.json`, else raw little-endian bytes. */
export async function readInput(file: string, spec: TensorSpec): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--input is "${file}", which can't be read: ${error.code}.`);
  });
  const data = file.endsWith(".json") ? parseElements(file, bytes.toString(), spec) : new Uint8Array(bytes);
  const needed = tensorBytes(spec);
  if (data.length !== needed)
    throw new UsageError(`--input "${file}" has ${data.length} bytes; the model's input takes ${needed}.`);
  return data;
}

/** A prompt as a model takes it that reads text. */
export function readPrompt(text: string, spec: TensorSpec): Uint8Array {
  if (!holdsText(spec)) throw new UsageError(`The model's input "${spec.name}" is no text; give --input.`);
  try {
    return textInput(spec, text);
  } catch (error) {
    throw new UsageError(`--prompt doesn't fit. ${messageOf(error)}`);
  }
}

function parseElements(file: string, text: string, { dtype, name }: TensorSpec): Uint8Array {
  const [least, most] = dtype === INT8 ? [-128, 127] : dtype === UINT8 ? [0, 255] : [1, 0];
  if (least > most) throw new UsageError(`Elements of "${name}" are wider than a byte; give --input as raw bytes.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`--input "${file}" is not JSON; right would be an array of numbers.`);
  }
  const elements: unknown[] = Array.isArray(value) ? value.flat(Infinity) : [value];
  const wrong = elements.find((each) => !Number.isInteger(each) || Number(each) < least || Number(each) > most);
  if (!Array.isArray(value) || wrong !== undefined)
    throw new UsageError(
      `--input "${file}" holds ${JSON.stringify(wrong ?? value)}; each element is a whole number from ${least} to ${most}.`,
    );
  return Uint8Array.from(elements as number[], (each) => each & 255);
}

/** A tensor's elements where they are bytes; undefined for wider ones. */
function elementsOf({ spec, data }: Tensor): number[] | undefined {
  if (spec.dtype === INT8) return [...new Int8Array(data.buffer, data.byteOffset, data.length)];
  return spec.dtype === UINT8 ? [...data] : undefined;
}

/** What a tensor of text says, safe for a terminal; undefined for any other. */
const textOf = ({ spec, data }: Tensor): string | undefined => (holdsText(spec) ? shownText(data) : undefined);

/** A tensor for a person: its text if it holds one, its elements where they are bytes, else its bytes. */
export function showTensor(tensor: Tensor, indent: number): string {
  const text = textOf(tensor);
  return wrap(text === undefined ? (elementsOf(tensor)?.join(" ") ?? bytesToHex(tensor.data)) : `"${text}"`, indent);
}

/** A tensor in a command's JSON: its text if it holds one, its elements where they are bytes; else null. */
export const tensorJson = (tensor: Tensor) => ({
  name: tensor.spec.name,
  dims: tensor.spec.dims,
  bytes: tensor.data,
  elements: elementsOf(tensor) ?? null,
  text: textOf(tensor) ?? null,
});
