import { setTimeout as sleep } from "node:timers/promises";
import type { StandingsPage } from "../../../sdk/wire.ts";
import type { Random } from "../random.ts";

/** Asks servers all the while, and holds their answers against each other. */
export interface Asking {
  /** Which servers are asked. */
  urls: string[];
  /** What is not as it should be, a sentence each. */
  wrong: string[];
  /** Answers that were compared, and refusals. */
  counts: { answers: number; refusals: number };
  /** The chain was reorganised: blocks above this one may be gone, also while some servers still know them. */
  reorganised(fork: number): void;
  stop(): Promise<void>;
}

const PATHS = [
  "/v1/seasons/1/standings?limit=5",
  "/v1/seasons/2/standings",
  "/v1/attestations",
  "/v1/seasons",
  "/v1/seasons/1/standings?place=2",
];
const MOST_WRONG = 10;
const ASKERS = 4;

/** `nodeUrl` is where the chain itself can be asked. */
export function startAsking(random: Random, nodeUrl: string): Asking {
  /** By path and block: everybody who answers of that block answers the same. */
  const known = new Map<string, string>();
  const counts = { answers: 0, refusals: 0 };
  const wrong: string[] = [];
  let highest = 0;
  let reorgs = 0;
  let stopped = false;

  async function ask(url: string): Promise<void> {
    const path = random.pick(PATHS);
    const least = random.chance(0.5) ? highest : 0;
    const before = reorgs;
    const answer = await fetch(url + path, {
      headers: { "min-block": String(least) },
      signal: AbortSignal.timeout(4_000),
    });
    const text = await answer.text();
    // Before the first sync is complete, and while the database is away or behind.
    if (answer.status === 503 || answer.status === 404) {
      counts.refusals++;
      return;
    }
    if (!answer.ok) return say(`${path} is answered with ${answer.status}: ${text}`);
    counts.answers++;
    const page = JSON.parse(text) as Partial<StandingsPage> & { asOf: StandingsPage["asOf"] };
    const { blockNumber, blockHash } = page.asOf;
    if (blockNumber < least && reorgs === before)
      say(`${path} is answered of block ${blockNumber}; block ${least} was asked for.`);
    // Some servers still answer of blocks that the chain has no more.
    if (blockNumber > highest && (await isOnChain(blockNumber, blockHash)) && reorgs === before) highest = blockNumber;
    compare(path, blockHash, text.replace(/"finalizedBlock":\d+,/, ""));
    if (page.total !== undefined) checkOrder(path, page as StandingsPage);
  }

  async function isOnChain(blockNumber: number, blockHash: string): Promise<boolean> {
    const params = [`0x${blockNumber.toString(16)}`, false];
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_getBlockByNumber", params });
    const answer = await fetch(nodeUrl, { method: "POST", headers: { "content-type": "application/json" }, body });
    return ((await answer.json()) as { result: { hash: string } | null }).result?.hash === blockHash;
  }

  function compare(path: string, blockHash: string, text: string): void {
    const name = `${path} ${blockHash}`;
    const before = known.get(name);
    known.set(name, text);
    if (before !== undefined && before !== text)
      say(`${path} is answered in two ways of block ${blockHash}: ${before} and ${text}`);
  }

  /** No row is of an entry later than the ledger's head, and the order is strict. */
  function checkOrder(path: string, { asOf, items }: StandingsPage): void {
    for (const [i, { points, lastSeq }] of items.entries()) {
      if (BigInt(lastSeq) > BigInt(asOf.seq ?? 0))
        say(`${path} shows entry ${lastSeq}; the ledger ends with ${asOf.seq}.`);
      const before = items[i - 1];
      if (
        before &&
        (BigInt(before.points) < BigInt(points) ||
          (before.points === points && BigInt(before.lastSeq) >= BigInt(lastSeq)))
      )
        say(`${path} is out of order at ${i}.`);
    }
  }

  function say(sentence: string): void {
    if (wrong.length < MOST_WRONG) wrong.push(sentence);
  }

  const asking: Asking = {
    ...{ urls: [], wrong, counts },
    reorganised(fork) {
      reorgs++;
      highest = Math.min(highest, fork);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };

  async function run(): Promise<void> {
    while (!stopped) {
      const url = asking.urls.length > 0 ? random.pick(asking.urls) : undefined;
      // A server that was killed doesn't answer.
      if (url !== undefined) await ask(url).catch(() => {});
      await sleep(5);
    }
  }
  const running = Promise.all(Array.from({ length: ASKERS }, run));
  return asking;
}
