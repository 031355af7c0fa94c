import type { Hex } from "viem";

/** Hex digits of a prefix: 44 bits, which SQLite stores in six bytes. */
const DIGITS = 11;

/** What a log's subject is stored as, and found by: its first 44 bits, for the rest stands among the log's topics. */
export const prefixOf = (subject: Hex): number => Number.parseInt(subject.slice(2, 2 + DIGITS), 16);

/** The topic of this prefix, which is none of the first; null for none. */
export const subjectAmong = (topics: readonly Hex[], prefix: number | null): Hex | null =>
  prefix === null ? null : (topics.find((topic, i) => i > 0 && prefixOf(topic) === prefix) ?? null);
