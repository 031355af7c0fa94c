import { expect } from "chai";
import { startProvider, type Wording } from "../ingest/budget.ts";
import { chainOf, type FakeNode, startNode } from "../node.ts";
import { choices, scratch, start, until } from "../running.ts";
import { chaptersOf } from "../story.ts";

const wordings: Record<string, Wording> = {
  "HTTP 429": { status: 429, text: "Too Many Requests" },
  "HTTP 429 and how long to wait": { status: 429, headers: { "retry-after": "1" }, text: "" },
  "HTTP 429 and a page": { status: 429, text: "<html><body>Check the size of your plan</body></html>" },
  "HTTP 503 and how long to wait": { status: 503, headers: { "retry-after": "1" }, text: "unavailable" },
  "HTTP 403 and a text": { status: 403, text: '{"message":"Rate limit exceeded"}' },
  "JSON-RPC, code -32005": { error: { code: -32005, message: "daily request count exceeded, request rate limited" } },
  "JSON-RPC, code -32007": { error: { code: -32007, message: "25/second request limit reached" } },
  "JSON-RPC, code -32016": { error: { code: -32016, message: "over rate limit" } },
  "JSON-RPC, code 15": { error: { code: 15, message: "Too many request, try again later" } },
  "JSON-RPC, code 429, with HTTP 429": {
    status: 429,
    error: { code: 429, message: "Your app has exceeded its compute units per second capacity." },
  },
  "JSON-RPC of a common code with HTTP 400": { status: 400, error: { code: -32000, message: "throttled" } },
};
const usual: Wording = { error: { code: -32005, message: "limit exceeded" } };

describe("a provider's budget", () => {
  /** What a sync needs where there is no limit, by what is synced and counted: always the same. */
  const needs = new Map<string, Promise<Asked>>();
  let node: FakeNode;
  let files: ReturnType<typeof scratch>;

  beforeEach(() => {
    files = scratch();
  });
  afterEach(async () => {
    await node.close();
    files.remove();
  });

  interface Asked {
    /** Counted as the budget does. */
    answered: number;
    /** Requests of which a call was refused. */
    refused: number;
    seconds: number;
  }

  async function sync(db: string, budget: Parameters<typeof startProvider>[1]): Promise<Asked> {
    const provider = await startProvider(node.url, budget);
    const began = performance.now();
    const options = { rpcs: [provider.url], db: files.path(db), rpcTimeout: 5_000, pollInterval: 1_000 };
    const indexer = await start(options);
    try {
      await until("it is ready", async () => (await fetch(`${indexer.url}/readyz`)).ok, 60_000);
      const seconds = (performance.now() - began) / 1000;
      return { answered: provider.budget.spent(), refused: provider.refused, seconds };
    } finally {
      await indexer.close();
      await provider.close();
    }
  }

  /**
   * Indexes a chain of so many blocks, of which the last `young` aren't final. It needs hardly more than without limits. On
   * a machine that asks so slowly that the budget would be no limit the budget is smaller.
   */
  async function expectKept(blocks: number, young: number, budget: Parameters<typeof startProvider>[1]): Promise<void> {
    node = await startNode(chainOf(chaptersOf(choices(blocks, 5))));
    node.finalized = node.blocks.length - young;
    const what = `${blocks}, ${young}, ${budget.counts}`;
    const need = needs.get(what) ?? sync("free", { ...budget, rate: 1_000_000 });
    needs.set(what, need);
    const free = await need;
    // What a second allows must take in a whole batch where that counts, and a request anyway.
    const least = budget.counts === "whole batches" ? budget.rate : 2;
    const rate = Math.min(budget.rate, Math.max(free.answered / free.seconds / 4, least));
    const { answered, refused, seconds } = await sync("limited", { ...budget, rate });
    expect(free.refused).to.equal(0);
    expect(answered).to.be.within(free.answered, 1.1 * free.answered + 3);
    // Sixteen may be on their way when the first is refused.
    expect(refused).to.be.within(1, 30);
    expect((seconds * rate) / answered).to.be.below(budget.counts === "whole batches" ? 2 : 1.5);
  }

  for (const [name, wording] of Object.entries(wordings))
    it(`is kept when the node tells it by ${name}`, () => expectKept(120, 60, { rate: 30, wording }));

  for (const [rate, counts, blocks] of [
    [25, "requests", 120],
    [25, "calls", 60],
    [50, "calls", 120],
    [50, "whole batches", 120],
  ] as const)
    it(`is kept where it is ${rate} ${counts} a second`, () =>
      expectKept(blocks, blocks / 2, { rate, counts, wording: usual }));

  it("is kept where it is 5 requests a second", () => expectKept(40, 12, { rate: 5, wording: usual }));
});
