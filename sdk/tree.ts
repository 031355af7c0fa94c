import { fromHex as hexToBytes } from "ox/Bytes";
import { keccak256 } from "ox/Hash";
import type { Hex } from "viem";

/** Ordered Merkle tree: position and count are bound by the hashes. Twin of `contracts/libraries/OrderedTree.sol`. */
export interface OrderedTree {
  root: Hex;
  /** Number of leaves. */
  count: number;
  /** The siblings from the leaf at `index` up to the top: exactly {@link depth} of them. */
  proof(index: number): Hex[];
}

/** ceil(log2 count): the length of every proof. From 1 to 2^32 leaves. */
export const depth = (count: number): number => 32 - Math.clz32(count - 1);

/** keccak256 of some bytes. */
export type Keccak = (bytes: Uint8Array) => Uint8Array;

const plain: Keccak = (bytes) => keccak256(bytes);

/** Hash of the data at position `index`: keccak256(0x00 ‖ u32 i ‖ data). */
export const leafHash = (index: number, data: Uint8Array): Hex => bytesToHash(leafOf(index, data, plain));

function leafOf(index: number, data: Uint8Array, keccak: Keccak): Uint8Array {
  const bytes = new Uint8Array(5 + data.length);
  new DataView(bytes.buffer).setUint32(1, index);
  bytes.set(data, 5);
  return keccak(bytes);
}

/**
 * Builds the tree over `leaves`, in order; missing leaves up to the next power of two are zero.
 *
 * @param keccak A faster one for large trees; defaults to one in plain JavaScript.
 */
export function orderedTree(leaves: readonly Uint8Array[], keccak: Keccak = plain): OrderedTree {
  const count = leaves.length;
  if (count === 0) throw new RangeError("A tree needs at least one leaf.");
  const levels: Uint8Array[][] = [leaves.map((data, i) => leafOf(i, data, keccak))];
  // The hash of an empty subtree on each level stands for everything right of the last leaf.
  const empty: Uint8Array[] = [new Uint8Array(32)];
  for (let level = 0; level < depth(count); level++) {
    const below = levels[level] as Uint8Array[];
    const filler = empty[level] as Uint8Array;
    const nodes: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2) nodes.push(node(below[i] as Uint8Array, below[i + 1] ?? filler, keccak));
    levels.push(nodes);
    empty.push(node(filler, filler, keccak));
  }
  return {
    root: rootOf(count, (levels.at(-1) as Uint8Array[])[0] as Uint8Array, keccak),
    count,
    proof(index) {
      if (!Number.isInteger(index) || index < 0 || index >= count)
        throw new RangeError(`Leaf ${index} is outside a tree of ${count}.`);
      return levels
        .slice(0, -1)
        .map((nodes, level) => bytesToHash(nodes[(index >> level) ^ 1] ?? (empty[level] as Uint8Array)));
    },
  };
}

/** Cuts bytes into `count` leaves of one length; throws a RangeError where they don't divide. */
export function leavesOf(bytes: Uint8Array, count: number): Uint8Array[] {
  const length = bytes.length / count;
  if (!Number.isInteger(length)) throw new RangeError(`${bytes.length} bytes are not ${count} leaves of one length.`);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * length, (i + 1) * length));
}

/** Whether `data` is the leaf at position `index` of the tree of `count` leaves under `root`. */
export function verifyProof(root: Hex, count: number, index: number, data: Uint8Array, proof: readonly Hex[]): boolean {
  if (index >= count || proof.length !== depth(count)) return false;
  let hash = leafOf(index, data, plain);
  for (const [level, sibling] of proof.entries()) {
    const other = hexToBytes(sibling);
    hash = ((index >> level) & 1) === 0 ? node(hash, other, plain) : node(other, hash, plain);
  }
  return rootOf(count, hash, plain) === root;
}

function node(left: Uint8Array, right: Uint8Array, keccak: Keccak): Uint8Array {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return keccak(bytes);
}

function rootOf(count: number, top: Uint8Array, keccak: Keccak): Hex {
  const bytes = new Uint8Array(37);
  bytes[0] = 4;
  new DataView(bytes.buffer).setUint32(1, count);
  bytes.set(top, 5);
  return bytesToHash(keccak(bytes));
}

const bytesToHash = (bytes: Uint8Array): Hex =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
