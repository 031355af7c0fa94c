import type { AbiEvent, AbiParameter, Hex } from "viem";
import { refuse } from "./refusal.ts";
import { unsigned, type WordReader, wordReader } from "./words.ts";

/**
 * The arguments of an event, by name: the indexed ones first. All hex is known to be lower case. Throws `Refusal` for a log
 * that is none of the event's.
 */
export type EventReader = (topics: readonly Hex[], data: Hex) => Record<string, unknown>;

/** Reads what stands behind the head, from `at` on; tells where it ends. */
type TailReader = (text: string, at: number) => { value: unknown; end: number };

/**
 * A reader of the event's logs. A contract encodes in one way only: each part of the data follows the one before, numbers
 * and bytes are padded with zeros, nothing is left over. Anything else is refused. Throws for types it doesn't know.
 */
export function compile(event: AbiEvent): EventReader {
  const indexed = event.inputs.filter((input) => input.indexed).map(wordOf);
  const plain = event.inputs.filter((input) => !input.indexed).map((input) => tailOf(input) ?? wordOf(input));
  const head = 2 + 64 * plain.length;

  return (topics, data) => {
    if (topics.length !== indexed.length + 1 || data.length < head) refuse();
    const args: Record<string, unknown> = {};
    for (let i = 0; i < indexed.length; i++) {
      const { name, word } = indexed[i] as Word;
      const topic = topics[i + 1] as Hex;
      args[name] = topic.length === 66 ? word(topic, 2) : refuse();
    }
    let end = head;
    for (let i = 0; i < plain.length; i++) {
      const field = plain[i] as Word | Tail;
      const at = 2 + 64 * i;
      if ("word" in field) args[field.name] = field.word(data, at);
      else if (readSize(data, at) === (end - 2) / 2) ({ value: args[field.name], end } = field.tail(data, end));
      else refuse();
    }
    return data.length === end ? args : refuse();
  };
}

interface Word {
  name: string;
  word: WordReader;
}

interface Tail {
  name: string;
  tail: TailReader;
}

function wordOf({ name, type }: AbiParameter): Word {
  const word = wordReader(type);
  if (!name || !word) throw new Error(`The decoder has no layout for "${type} ${name ?? ""}".`);
  return { name, word };
}

function tailOf({ name, type }: AbiParameter): Tail | undefined {
  const tail = tailReader(type);
  return name && tail ? { name, tail } : undefined;
}

function tailReader(type: string): TailReader | undefined {
  if (type === "bytes") return readBytes;
  if (type === "string") return readString;
  const element = type.endsWith("[]") ? wordReader(type.slice(0, -2)) : undefined;
  return element && arrayReader(element);
}

// Offsets and lengths: none that is longer fits an answer of a node.
const readSize = unsigned(32);

const lengthAt = (text: string, at: number): number => (at + 64 <= text.length ? readSize(text, at) : refuse());

function readBytes(text: string, at: number): { value: Hex; end: number } {
  const length = lengthAt(text, at);
  const start = at + 64;
  const stop = start + 2 * length;
  const end = start + 64 * Math.ceil(length / 32);
  if (end > text.length || text.slice(stop, end) !== PADDING.slice(0, end - stop)) refuse();
  return { value: `0x${text.slice(start, stop)}`, end };
}

const PADDING = "0".repeat(62);
const utf8 = new TextDecoder();

// Anyone may publish a text that is no UTF-8: what can't be read of it becomes U+FFFD.
function readString(text: string, at: number): { value: string; end: number } {
  const { value, end } = readBytes(text, at);
  return { value: utf8.decode(Buffer.from(value.slice(2), "hex")), end };
}

function arrayReader(element: WordReader): TailReader {
  return (text, at) => {
    const length = lengthAt(text, at);
    const start = at + 64;
    const end = start + 64 * length;
    if (end > text.length) refuse();
    return { value: Array.from({ length }, (_, i) => element(text, start + 64 * i)), end };
  };
}
