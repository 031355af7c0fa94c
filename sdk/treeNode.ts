import { depth } from "./tree.ts";

/** Where a node of an ordered tree stands. Twin of `contracts/libraries/TreeNode.sol`. */
export interface Place {
  /** Number of the tree's leaves. */
  count: number;
  /** From the leaves; the root is one with its top node. */
  level: number;
  /** On its level, from 0. */
  index: number;
}

/** A node is opened by the nodes so many levels below it: at most 256. */
const LEVELS = 8;

export const rootPlace = (count: number): Place => ({ count, level: depth(count), index: 0 });

export const isRoot = ({ count, level }: Place): boolean => level === depth(count);

/** A node's children: their level, the index of the first one, and how many there are. */
export function childrenOf({ count, level, index }: Place): { level: number; first: number; number: number } {
  const below = Math.max(0, level - LEVELS);
  const wide = 2 ** (level - below);
  const end = Math.min((index + 1) * wide, Math.ceil(count / 2 ** below));
  return { level: below, first: index * wide, number: end - index * wide };
}
