import type { AbiEvent, AbiParameter, Hex } from "viem";
import { isHex, refuse, requireAll, topicReader, unsigned, type WordReader, wordReader } from "./abi-words.ts";

/**
 * The arguments of an event, by name: the indexed ones first. All topics are known to be lower case. Throws `Refusal` for
 * a log that can't be of the event.
 */
export type EventReader = (topics: readonly Hex[], data: Buffer) => Record<string, unknown>;

/** Reads the part after the head, from `at` on; returns where it ends. `hex` is as a {@link WordReader} takes it. */
type TailReader = (bytes: Buffer, at: number, hex: string) => { value: unknown; end: number };

/**
 * A reader of the event's logs. A contract encodes in one way only: each part of the data follows the one before, numbers
 * and bytes are padded with zeros, nothing is left over. Anything else is refused. Throws for types it doesn't know.
 */
export function compile(event: AbiEvent): EventReader {
  const indexed = event.inputs.filter((input) => input.indexed).map(topicOf);
  const inputs = event.inputs.filter((input) => !input.indexed);
  const plain = inputs.map((input) => tailOf(input) ?? wordOf(input));
  const head = 32 * plain.length;
  const withHex = inputs.some(({ type }) => isHex(type));
  // A copy of it has room for all arguments; an empty object grows with each.
  const blank: Record<string, unknown> = Object.fromEntries(
    [...indexed, ...plain].map(({ name }) => [name, undefined]),
  );

  return (topics, data) => {
    if (topics.length !== indexed.length + 1 || data.length < head) refuse();
    const args = { ...blank };
    for (let i = 0; i < indexed.length; i++) {
      const { name, topic } = indexed[i] as Topic;
      const text = topics[i + 1] as Hex;
      args[name] = text.length === 66 ? topic(text) : refuse();
    }
    const hex = withHex ? data.toString("hex") : "";
    let end = head;
    for (let i = 0; i < plain.length; i++) {
      const field = plain[i] as Word | Tail;
      const at = 32 * i;
      if ("word" in field) args[field.name] = field.word(data, at, hex);
      else if (readSize(data, at) === end) ({ value: args[field.name], end } = field.tail(data, end, hex));
      else refuse();
    }
    return data.length === end ? args : refuse();
  };
}

interface Topic {
  name: string;
  topic: (text: Hex) => unknown;
}

interface Word {
  name: string;
  word: WordReader;
}

interface Tail {
  name: string;
  tail: TailReader;
}

function topicOf({ name, type }: AbiParameter): Topic {
  const topic = topicReader(type);
  if (!name || !topic) throw unreadable(type, name);
  return { name, topic };
}

function wordOf({ name, type }: AbiParameter): Word {
  const word = wordReader(type);
  if (!name || !word) throw unreadable(type, name);
  return { name, word };
}

function tailOf({ name, type }: AbiParameter): Tail | undefined {
  const tail = tailReader(type);
  return name && tail ? { name, tail } : undefined;
}

const unreadable = (type: string, name: string | undefined): Error =>
  new Error(`The decoder has no reader for "${type} ${name ?? ""}".`);

function tailReader(type: string): TailReader | undefined {
  if (type === "bytes") return readBytes;
  if (type === "string") return readString;
  const element = type.endsWith("[]") ? wordReader(type.slice(0, -2)) : undefined;
  return element && arrayReader(element);
}

// Offsets and lengths: no larger one fits an answer of a node.
const readSize = unsigned(32);

const lengthAt = (bytes: Buffer, at: number): number => (at + 32 <= bytes.length ? readSize(bytes, at) : refuse());

/** The bytes whose length is at `at`, and where their padding ends. */
function partAt(bytes: Buffer, at: number): { part: Buffer; end: number } {
  const length = lengthAt(bytes, at);
  const start = at + 32;
  const stop = start + length;
  const end = start + 32 * Math.ceil(length / 32);
  if (end > bytes.length) refuse();
  requireAll(0, bytes, stop, end);
  return { part: bytes.subarray(start, stop), end };
}

function readBytes(bytes: Buffer, at: number): { value: Hex; end: number } {
  const { part, end } = partAt(bytes, at);
  return { value: `0x${part.toString("hex")}`, end };
}

const utf8 = new TextDecoder();

// Anyone may publish text that isn't UTF-8: bytes that can't be read become U+FFFD.
function readString(bytes: Buffer, at: number): { value: string; end: number } {
  const { part, end } = partAt(bytes, at);
  return { value: utf8.decode(part), end };
}

function arrayReader(element: WordReader): TailReader {
  return (bytes, at, hex) => {
    const length = lengthAt(bytes, at);
    const start = at + 32;
    const end = start + 32 * length;
    if (end > bytes.length) refuse();
    return { value: Array.from({ length }, (_, i) => element(bytes, start + 32 * i, hex)), end };
  };
}
