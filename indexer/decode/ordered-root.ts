import { depth } from "../../sdk/tree.ts";
import { keccak } from "../ingest/keccak.ts";

const HASH_BYTES = 32;
const NODE = 1 + 2 * HASH_BYTES;

/** The sdk's `orderedTree(leavesOf(bytes, count)).root`, but many times as fast. `count` divides the bytes' length. */
export function orderedRoot(bytes: Buffer, count: number): Buffer {
  const size = bytes.length / count;
  const leaf = Buffer.alloc(5 + size);
  let nodes = Array.from({ length: count }, (_, i) => {
    leaf.writeUInt32BE(i, 1);
    bytes.copy(leaf, 5, i * size, (i + 1) * size);
    return keccak(leaf);
  });
  let filler = new Uint8Array(HASH_BYTES);
  for (let level = 0; level < depth(count); level++) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < nodes.length; i += 2) above.push(join(nodes[i] as Uint8Array, nodes[i + 1] ?? filler));
    nodes = above;
    filler = join(filler, filler);
  }
  const root = Buffer.alloc(5 + HASH_BYTES);
  root[0] = 4;
  root.writeUInt32BE(count, 1);
  root.set(nodes[0] as Uint8Array, 5);
  return Buffer.from(keccak(root));
}

const node = Buffer.alloc(NODE, 1);

function join(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return keccak(node) as Uint8Array<ArrayBuffer>;
}
