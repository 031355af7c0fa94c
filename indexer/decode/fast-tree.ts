import type { Hex } from "viem";
import { depth } from "../../sdk/tree.ts";
import { keccak } from "../ingest/keccak.ts";

const HASH_BYTES = 32;
const NODE = 1 + 2 * HASH_BYTES;

/** The sdk's `OrderedTree`, its root as bytes. */
export interface FastTree {
  root: Buffer;
  /** Number of leaves. */
  count: number;
  /** The siblings from the leaf at `index`, which is one of the tree, up to the top. */
  proof(index: number): Hex[];
}

/** The sdk's `orderedTree(leavesOf(bytes, count))`, but many times as fast. `count` divides the bytes' length. */
export function fastTree(bytes: Buffer, count: number): FastTree {
  const levels = [leafHashes(bytes, count)];
  const fillers = [Buffer.alloc(HASH_BYTES)];
  for (let level = 0; level < depth(count); level++) {
    const filler = fillers[level] as Buffer;
    levels.push(nodesAbove(levels[level] as Buffer, filler));
    fillers.push(Buffer.from(join(filler, filler)));
  }
  const root = Buffer.alloc(5 + HASH_BYTES);
  root[0] = 4;
  root.writeUInt32BE(count, 1);
  root.set(levels.pop() as Buffer, 5);
  return {
    root: Buffer.from(keccak(root)),
    count,
    proof: (index) =>
      levels.map((nodes, level): Hex => {
        const sibling = hashAt(nodes, (index >> level) ^ 1);
        return `0x${(sibling.length > 0 ? sibling : (fillers[level] as Buffer)).toString("hex")}`;
      }),
  };
}

/** Hashes one after the other, as those of every level are kept. */
function leafHashes(bytes: Buffer, count: number): Buffer {
  const size = bytes.length / count;
  const leaf = Buffer.alloc(5 + size);
  const hashes = Buffer.alloc(HASH_BYTES * count);
  for (let i = 0; i < count; i++) {
    leaf.writeUInt32BE(i, 1);
    bytes.copy(leaf, 5, i * size, (i + 1) * size);
    hashes.set(keccak(leaf), HASH_BYTES * i);
  }
  return hashes;
}

function nodesAbove(below: Buffer, filler: Buffer): Buffer {
  const count = Math.ceil(below.length / HASH_BYTES / 2);
  const nodes = Buffer.alloc(HASH_BYTES * count);
  for (let i = 0; i < count; i++) {
    const right = hashAt(below, 2 * i + 1);
    nodes.set(join(hashAt(below, 2 * i), right.length > 0 ? right : filler), HASH_BYTES * i);
  }
  return nodes;
}

/** Empty behind the last one. */
const hashAt = (hashes: Buffer, index: number): Buffer => hashes.subarray(HASH_BYTES * index, HASH_BYTES * (index + 1));

const node = Buffer.alloc(NODE, 1);

function join(left: Uint8Array, right: Uint8Array): Uint8Array {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return keccak(node);
}
