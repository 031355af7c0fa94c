import { isAscii } from "node:buffer";
import type { Readable } from "node:stream";
import { RpcError } from "./errors.ts";

/** In bytes. Of answers beyond this, one at a time is read. */
const LARGE = 8 * 2 ** 20;

/** Every so many bytes one is looked at, from a random one on: docs/performance.md, Requests. */
const STRIDE = 31;
/** Values that any answer may have, and bytes for each further one: a log takes about 20 a value, a header more. */
const [FREE_VALUES, BYTES_PER_VALUE] = [2 ** 16, 6];
/** Levels of nesting; an answer has five, but all are estimates. */
const MOST_LEVELS = 2 ** 16;

const values = new Uint8Array(256);
const levels = new Int8Array(256);
for (const opening of "[{") levels[opening.charCodeAt(0)] = 1;
for (const closing of "]}") levels[closing.charCodeAt(0)] = -1;
for (const separator of "[{,:") values[separator.charCodeAt(0)] = 1;

let largeOne: Promise<void> = Promise.resolve();

/**
 * The text of an answer of at most `most` bytes. Throws {@link RpcError}, while it streams, when it is longer, or nests or
 * holds so many values that parsing would take many times its size. `what` begins the errors.
 */
export async function readAnswer(stream: Readable, most: number, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  const check = createShapeCheck(what);
  let size = 0;
  let release: (() => void) | undefined;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > most) throw new RpcError(`${what} with more than ${most} bytes.`, "too-large");
      check(chunk);
      chunks.push(chunk);
      if (size > LARGE) release ??= await turn();
    }
    const bytes = Buffer.concat(chunks, size);
    // What is ASCII needs no decoding; an honest answer is.
    return bytes.toString(isAscii(bytes) ? "latin1" : "utf8");
  } finally {
    release?.();
  }
}

/** Waits until no other large answer is being read; the result ends the turn. */
async function turn(): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = largeOne;
  largeOne = before.then(() => promise);
  await before;
  return resolve;
}

/** Estimates how many values and levels the chunks have, whatever they say: an honest answer keeps far below. */
function createShapeCheck(what: string): (chunk: Buffer) => void {
  let size = 0;
  let counted = 0;
  let level = 0;
  return (chunk) => {
    size += chunk.length;
    for (let i = Math.floor(Math.random() * STRIDE); i < chunk.length; i += STRIDE) {
      const byte = chunk[i] as number;
      counted += values[byte] as number;
      level += levels[byte] as number;
    }
    if (level * STRIDE > MOST_LEVELS) throw new RpcError(`${what} with values nested without end.`, "malformed");
    if (counted * STRIDE > FREE_VALUES + size / BYTES_PER_VALUE)
      throw new RpcError(`${what} with more values than an answer of ${size} bytes has.`, "malformed");
  };
}
