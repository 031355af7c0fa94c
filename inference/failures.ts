import { UnavailableError } from "./content.ts";

// Two kinds of failure, which a verdict must not mix up: what follows from bytes alone is the same on every machine; all
// else says nothing of the model.

/** A model's parts disagree with each other or with its file, its graph isn't one that runs, or the file doesn't load. */
export class InvalidModelError extends Error {
  override name = "InvalidModelError";
}

/** This machine couldn't run a model within its limits: nothing is said of the model. */
export class HostLimitError extends UnavailableError {
  override name = "HostLimitError";
}

/** The sentence by which a model is refused. */
export const unrunnable = (modelId: string, { message, cause }: Pick<Error, "message" | "cause">): InvalidModelError =>
  new InvalidModelError(`Model ${modelId} can't be run: ${message}`, { cause });

/** How ONNX Runtime says that it refuses a model or an input. */
const REFUSED = /ERROR_CODE: \d+, ERROR_MESSAGE: /;
/** What it says where its machine had no more memory. */
const NO_MEMORY = /bad_alloc|memory|allocat/i;
/** The traps that follow from the numbers that meet. */
const OF_OPERANDS =
  /^(divide by zero|remainder by zero|divide result unrepresentable|float unrepresentable in integer range)$/;

/** Whether a failure of ONNX Runtime follows from the bytes that it was given. In doubt it doesn't. */
export function followsFromBytes(error: unknown): boolean {
  const message = messageOf(error);
  if (error instanceof WebAssembly.RuntimeError) return OF_OPERANDS.test(message);
  return REFUSED.test(message) && !NO_MEMORY.test(message);
}

const OF_ENGINE = /^(Array buffer allocation failed|Maximum call stack size exceeded|Invalid (array|string) length)/;

/** Whether the JavaScript engine gave up: for want of memory or stack. */
export const isOfEngine = (error: unknown): boolean => error instanceof RangeError && OF_ENGINE.test(error.message);

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
