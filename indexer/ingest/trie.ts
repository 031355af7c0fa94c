import { keccak } from "./keccak.ts";
import { encodeRlp, numberBytes, type RlpItem } from "./rlp.ts";

interface Entry {
  /** The key's half bytes. */
  path: readonly number[];
  value: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);
const WIDTH = 16;
const HASH_BYTES = 32;

/**
 * The root of the Merkle-Patricia trie in which each value stands under its index in RLP, as a header commits to its
 * block's receipts: Yellow Paper, section 4.4 and appendix D.
 */
export function indexTrieRoot(values: readonly Uint8Array[]): Uint8Array {
  if (values.length === 0) return keccak(encodeRlp(NO_BYTES));
  const entries = values.map((value, i): Entry => ({ path: halvesOf(encodeRlp(numberBytes(i))), value }));
  return keccak(encodeRlp(nodeOf(entries, 0)));
}

const halvesOf = (bytes: Uint8Array): number[] => Array.from(bytes).flatMap((byte) => [byte >> 4, byte & 15]);

/** The node under which these entries stand, whose paths are equal up to `depth`; no path is the beginning of another. */
function nodeOf(entries: readonly Entry[], depth: number): RlpItem {
  const [first] = entries as [Entry];
  if (entries.length === 1) return [packed(first.path.slice(depth), true), first.value];
  const shared = sharedFrom(entries, depth);
  if (shared > depth) return [packed(first.path.slice(depth, shared), false), referenceTo(nodeOf(entries, shared))];
  const children = Array.from({ length: WIDTH }, (): Entry[] => []);
  for (const entry of entries) (children[entry.path[depth] as number] as Entry[]).push(entry);
  const references = children.map((child) => (child.length === 0 ? NO_BYTES : referenceTo(nodeOf(child, depth + 1))));
  return [...references, NO_BYTES];
}

/** Up to where all paths are equal. */
function sharedFrom([first, ...others]: readonly Entry[], depth: number): number {
  let end = depth;
  const { path } = first as Entry;
  while (end < path.length && others.every((other) => other.path[end] === path[end])) end++;
  return end;
}

/** A node stands in its parent itself where it is short, else by its hash. */
function referenceTo(node: RlpItem): RlpItem {
  const bytes = encodeRlp(node);
  return bytes.length < HASH_BYTES ? node : keccak(bytes);
}

/** Half bytes with a prefix that says whether the path ends here and whether their number is odd. */
function packed(halves: readonly number[], isEnd: boolean): Uint8Array {
  const flag = isEnd ? 2 : 0;
  const all = halves.length % 2 === 1 ? [flag + 1, ...halves] : [flag, 0, ...halves];
  return Uint8Array.from(
    { length: all.length / 2 },
    (_, i) => 16 * (all[2 * i] as number) + (all[2 * i + 1] as number),
  );
}
