import { UnavailableError } from "./content.ts";

// A verdict must not mix up two kinds of failure: one that follows from the bytes alone is the same on every machine; any
// other says nothing about the model.

/** A model's parts disagree with each other or with its file, its graph isn't one that runs, or the file doesn't load. */
export class InvalidModelError extends Error {
  override name = "InvalidModelError";
}

/** This machine couldn't run a model within its limits, which says nothing about the model. */
export class HostLimitError extends UnavailableError {
  override name = "HostLimitError";
}

/** Why a model is refused, as a sentence. */
export const unrunnable = (modelId: string, { message, cause }: Pick<Error, "message" | "cause">): InvalidModelError =>
  new InvalidModelError(`Model ${modelId} can't be run: ${message}`, { cause });

/** ONNX Runtime's messages when it refuses a model or an input. */
const REFUSED = /ERROR_CODE: \d+, ERROR_MESSAGE: /;
/** Its messages when the machine had no memory left. */
const NO_MEMORY = /bad_alloc|memory|allocat/i;
/** The traps that follow from the numbers alone. */
const OF_OPERANDS =
  /^(divide by zero|remainder by zero|divide result unrepresentable|float unrepresentable in integer range)$/;

/** Whether a failure of ONNX Runtime follows from the bytes that it was given; false if that isn't certain. */
export function followsFromBytes(error: unknown): boolean {
  const message = messageOf(error);
  if (error instanceof WebAssembly.RuntimeError) return OF_OPERANDS.test(message);
  return REFUSED.test(message) && !NO_MEMORY.test(message);
}

const OF_ENGINE = /^(Array buffer allocation failed|Maximum call stack size exceeded|Invalid (array|string) length)/;

/** Whether the JavaScript engine ran out of memory or stack. */
export const isOfEngine = (error: unknown): boolean => error instanceof RangeError && OF_ENGINE.test(error.message);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
