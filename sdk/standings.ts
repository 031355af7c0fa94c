import { toBytes as hexToBytes } from "ox/Hex";
import type { Hex } from "viem";
import type { Standing } from "./ledger.ts";
import { orderedTree, verifyProof } from "./tree.ts";

/** What proves to the contracts that a standing is in its chunk. */
export interface ChunkProof {
  /** Position in the chunk, from 0. */
  index: number;
  /** Number of the chunk's accounts. */
  count: number;
  /** The siblings, from below. */
  siblings: Hex[];
}

/** Consecutive standings of a final order, as one call of `Standings.post` takes them. */
export interface StandingsChunk {
  /** Place of the first one. */
  first: number;
  /** Root of the chunk's ordered tree. */
  root: Hex;
  standings: readonly Standing[];
  /** Proves the standing at a place. Throws a RangeError where the chunk doesn't hold it. */
  proof(place: number): ChunkProof;
}

/** A leaf's data: u32 place ‖ u32 rank ‖ address ‖ u64 points ‖ u64 lastSeq. Twin of `contracts/libraries/StandingLeaf.sol`. */
export function standingBytes({ place, rank, account, points, lastSeq }: Standing): Uint8Array {
  const bytes = new Uint8Array(44);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, place);
  view.setUint32(4, rank);
  bytes.set(hexToBytes(account), 8);
  view.setBigUint64(28, points);
  view.setBigUint64(36, lastSeq);
  return bytes;
}

/**
 * Cuts standings in final order, as `foldLedger` gives them, into chunks of `size`; the last may be shorter. Throws a
 * RangeError for a size that is not a positive integer, and where a place is missing or doubled.
 */
export function cutStandings(standings: readonly Standing[], size: number): StandingsChunk[] {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`A chunk can't hold ${size} accounts.`);
  for (const [i, { place, account }] of standings.entries())
    if (place !== i + 1)
      throw new RangeError(`${account} stands at place ${place}; its place in the list is ${i + 1}.`);
  return Array.from({ length: Math.ceil(standings.length / size) }, (_, i) =>
    chunkOf(standings.slice(i * size, (i + 1) * size), i * size + 1),
  );
}

/** Whether a proof shows that a standing is in the chunk of this root, at this first place. */
export function verifyStanding(root: Hex, first: number, standing: Standing, proof: ChunkProof): boolean {
  const { index, count, siblings } = proof;
  return first + index === standing.place && verifyProof(root, count, index, standingBytes(standing), siblings);
}

/** The chunk of consecutive standings; `first` is the place of the first one. There must be at least one. */
export function chunkOf(standings: readonly Standing[], first: number): StandingsChunk {
  const tree = orderedTree(standings.map(standingBytes));
  const { root, count } = tree;
  return {
    ...{ first, root, standings },
    proof(place) {
      if (!Number.isInteger(place) || place < first || place >= first + count)
        throw new RangeError(`Place ${place} is not in the chunk of places ${first} to ${first + count - 1}.`);
      return { index: place - first, count, siblings: tree.proof(place - first) };
    },
  };
}
