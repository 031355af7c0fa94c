import { parseArgs } from "node:util";
import { type Hex, numberToHex } from "viem";
import { rankAll, type Standing } from "../sdk/ledger.ts";
import { cutStandings } from "../sdk/standings.ts";
import { installPeer } from "./peer.ts";
import type { Row } from "./report.ts";
import { WrongUse } from "./wrong-use.ts";

/** What is built off chain at a season's end: the order, the chunks' trees, and every account's proof. */
interface Step extends Row {
  name: "order" | "trees" | "proofs";
  accounts: number;
  seconds: number;
  /** Memory of the process after the step: a peer's stands on ours. */
  rssMiB: number;
  /** Whose time it is, if it isn't Proofboard's. */
  peer?: string;
}

/** How many times longer a peer takes for trees and proofs than Proofboard for these and the order. */
interface Ratio extends Row {
  name: "ratio";
  accounts: number;
  times: number;
  peer: string;
}

/** As many accounts as fit a transaction. */
const CHUNK = 4_000;

/** What OpenZeppelin's package offers. */
interface MerkleTrees {
  StandardMerkleTree: {
    of(values: unknown[][], types: string[]): { getProof(index: number): Hex[] };
  };
}

/**
 * Builds a final order of a million accounts, or of `--accounts`; then OpenZeppelin's `StandardMerkleTree` over the same standings
 * and its proofs, which gets the order for nothing. Throws {@link WrongUse}.
 */
export async function standings(args: string[]): Promise<(Step | Ratio)[]> {
  const { values } = parseArgs({ args, options: { accounts: { type: "string", default: "1000000" } } });
  const accounts = Number(values.accounts);
  if (!Number.isSafeInteger(accounts) || accounts < 1)
    throw new WrongUse(`--accounts is ${values.accounts}; it must be a positive integer.`);
  const peer = await installPeer("@openzeppelin/merkle-tree");
  const { StandardMerkleTree } = (await import(peer.file("dist/index.js").href)) as MerkleTrees;

  const { order, steps: ours } = measureOurs(accounts);
  const theirs = measureTheirs(order, StandardMerkleTree, peer.name);
  const total = (steps: Step[]) => steps.reduce((sum, { seconds }) => sum + seconds, 0);
  const times = Math.round((10 * total(theirs)) / total(ours)) / 10;
  return [...ours, ...theirs, { name: "ratio", accounts, times, peer: peer.name }];
}

/** Builds a final order of drawn accounts, its trees and all proofs. */
export function measureOurs(accounts: number): { order: Standing[]; steps: Step[] } {
  const entries = Array.from({ length: accounts }, (_, i) => ({
    account: numberToHex(i + 1, { size: 20 }),
    points: BigInt((7919 * i) % 100_003),
    lastSeq: BigInt(i + 1),
  }));
  const { steps, timed } = createClock(accounts);
  const order = timed("order", () => rankAll(entries));
  const chunks = timed("trees", () => cutStandings(order, CHUNK));
  timed("proofs", () => {
    for (const { standings, proof } of chunks) for (const { place } of standings) proof(place);
  });
  return { order, steps };
}

function measureTheirs(order: Standing[], trees: MerkleTrees["StandardMerkleTree"], peer: string): Step[] {
  const { steps, timed } = createClock(order.length, peer);
  const values = order.map(({ place, rank, account, points, lastSeq }) => [place, rank, account, points, lastSeq]);
  const tree = timed("trees", () => trees.of(values, ["uint32", "uint32", "address", "uint64", "uint64"]));
  timed("proofs", () => {
    for (const i of values.keys()) tree.getProof(i);
  });
  return steps;
}

/** Times steps, to the millisecond. */
function createClock(accounts: number, peer?: string) {
  const steps: Step[] = [];
  return {
    steps,
    timed<T>(name: Step["name"], work: () => T): T {
      const from = performance.now();
      const result = work();
      const seconds = Math.round(performance.now() - from) / 1_000;
      const rssMiB = Math.round(process.memoryUsage().rss / 2 ** 20);
      steps.push({ name, accounts, seconds, rssMiB, ...(peer && { peer }) });
      return result;
    },
  };
}
