import { expect } from "chai";
import type { Indexer } from "../../indexer/main.ts";
import type { Attestation, Step } from "../../sdk/wire.ts";
import { following, head, story, untilAt, whole } from "./following.ts";
import { type Block, chainOf } from "./node.ts";
import { untilReady } from "./running.ts";
import { accountOf, type Chapter, chaptersOf, deployment } from "./story.ts";
import { JUDGE, judged, register, TOY, TOY_UID, unregister, withToy } from "./toy.ts";

const base = chaptersOf(story);
const [early, added, settled] = withToy(base);
const quiet = (chapters: readonly Chapter[], blocks: number): Chapter[] =>
  Array.from({ length: blocks }, () => ({ logs: [], ledgers: (chapters.at(-1) as Chapter).ledgers }));
const chapters = [...base, early, added, settled];
/** The method is added, and all of that is final. */
const grown = chainOf([...chapters, ...quiet(chapters, 10)]);

const ask = async <T>(indexer: Indexer, path: string): Promise<T> =>
  (await (await fetch(`${indexer.url}${path}`)).json()) as T;
const toyOf = async (indexer: Indexer): Promise<Attestation> =>
  (await ask<{ item: Attestation }>(indexer, `/v1/attestations/${TOY_UID}`)).item;
const withoutPlaces = (steps: readonly Step[]) => steps.map(({ at: _, ...step }) => step);

describe("a method that is appended", () => {
  const on = following();
  afterEach(unregister);

  /** Whether the node was last asked for the method's logs, too. */
  function asksForToy(): boolean {
    const queries = on.node.requests.map(({ params }) => (params[0] as { address?: string[] } | undefined)?.address);
    return queries.findLast((addresses) => addresses !== undefined)?.includes(TOY.toLowerCase()) ?? false;
  }

  /** The chain goes on, and what was read block by block is final: a clean sync reads it in ranges. */
  async function finalise(indexer: Indexer): Promise<Block[]> {
    const later = chainOf([...chapters, ...quiet(chapters, 20)]);
    on.node.finalized = head(grown);
    on.node.blocks = later;
    await untilReady(indexer, head(later));
    return later;
  }

  describe("and that nobody here knows", () => {
    const events = [
      { step: "event", contract: TOY, topics: judged(TOY_UID, 20).topics, data: judged(TOY_UID, 20).data },
      { step: "event", contract: TOY, topics: judged(TOY_UID, 22).topics, data: judged(TOY_UID, 22).data },
    ];

    it("has its logs, status and award as steps, and words for what isn't known", async () => {
      on.node.blocks = grown;
      const indexer = await on.launch();
      await untilReady(indexer, head(grown));
      const item = await toyOf(indexer);
      expect(item.method).to.deep.equal({ id: 7, name: "unknown method 7" });
      expect(item).to.include({
        status: "verified",
        proven: "The registry's method number 7 settled it as verified.",
        notProven: "What that means: unknown method 7: nothing is known of what it proves.",
      });
      const [first, ...steps] = withoutPlaces(item.steps);
      expect(first).to.include({ step: "revealed", by: accountOf(1) });
      expect(steps.slice(0, 3)).to.deep.equal([...events, { step: "settled", status: "verified", by: JUDGE }]);
      expect(steps[3]).to.include({ step: "awarded", account: accountOf(1), amount: "10" });
    });

    it("is followed from its block on by an indexer that runs, to the rows of a clean sync", async () => {
      const indexer = await on.launch();
      await untilReady(indexer, head(whole));
      expect(asksForToy()).to.equal(false);
      on.node.blocks = grown;
      await untilReady(indexer, head(grown));
      expect(asksForToy()).to.equal(true);
      expect(withoutPlaces((await toyOf(indexer)).steps).slice(1, 3)).to.deep.equal(events);
      const later = await finalise(indexer);
      await on.expectRowsOf(later);
      await on.expectRowsOf(later, { blooms: false });
    });

    it("is still followed after a restart", async () => {
      const before = chainOf([...base, early, added]);
      on.node.blocks = before;
      const first = await on.launch();
      await untilReady(first, head(before));
      await on.stop(first);
      on.node.blocks = grown;
      const indexer = await on.launch();
      await untilReady(indexer, head(grown));
      expect(withoutPlaces((await toyOf(indexer)).steps).slice(1, 3)).to.deep.equal(events);
      await on.expectRowsOf(grown);
    });

    it("is followed no more where a reorganisation undoes it, and from its new block on where it comes again", async () => {
      const indexer = await on.launch();
      await untilReady(indexer, head(whole));
      on.node.blocks = chainOf(chapters);
      await untilReady(indexer, head(on.node.blocks));
      const stray: Chapter = { logs: [judged(TOY_UID, 9)], ledgers: (base.at(-1) as Chapter).ledgers };
      const undone = [...base, early, stray, ...quiet([stray], 3)];
      const fork = chainOf(undone);
      on.node.blocks = fork;
      await untilAt(indexer, fork);
      await untilReady(indexer, head(fork));
      expect((await fetch(`${indexer.url}/v1/attestations/${TOY_UID}`)).status).to.equal(404);
      expect(asksForToy()).to.equal(false);
      await on.expectRowsOf(fork);
      const again = chainOf([...undone, added, settled]);
      on.node.blocks = again;
      await untilReady(indexer, head(again));
      expect(withoutPlaces((await toyOf(indexer)).steps).slice(1, 3)).to.deep.equal(events);
      await on.expectRowsOf(again);
    });

    it("doesn't lose a log of it that a node leaves out", async () => {
      on.node.blocks = grown;
      let lies = 3;
      on.node.fault = (method, [filter], honest) => {
        if (method !== "eth_getLogs" || !JSON.stringify(filter).includes(TOY.toLowerCase()) || lies-- <= 0) return;
        return { result: (honest as { address: string }[]).filter(({ address }) => address !== TOY.toLowerCase()) };
      };
      await untilReady(await on.launch(), head(grown));
      expect(lies).to.be.at.most(0);
      on.node.fault = () => undefined;
      await on.expectRowsOf(grown);
    });

    it("is read once it is known, from what was stored", async () => {
      on.node.blocks = grown;
      const first = await on.launch();
      await untilReady(first, head(grown));
      await on.stop(first);
      register();
      const indexer = await on.launch();
      await untilReady(indexer, head(grown));
      const item = await toyOf(indexer);
      expect(withoutPlaces(item.steps)[1]).to.deep.equal({ step: "judged", by: JUDGE, score: 20 });
      expect(item.proven).to.equal("It scored 42.");
    });
  });

  describe("and that is registered", () => {
    beforeEach(register);

    /** The names of the steps that the document describes. */
    async function described(indexer: Indexer): Promise<string[]> {
      const { components } = await ask<{ components: { schemas: Record<string, unknown> } }>(indexer, "/openapi.json");
      return [...JSON.stringify(components.schemas.Attestation).matchAll(/"const":"(\w+)"/g)].map(
        ([, name]) => `${name}`,
      );
    }

    it("has its steps, described, and its words, as an indexer that runs picks it up", async () => {
      const indexer = await on.launch();
      await untilReady(indexer, head(whole));
      on.node.blocks = grown;
      await untilReady(indexer, head(grown));
      const item = await toyOf(indexer);
      expect(item).to.include({ proven: "It scored 42.", notProven: "Anything else." });
      expect(item.method).to.deep.equal({ id: 7, name: "Toy" });
      expect(withoutPlaces(item.steps).slice(1, 3)).to.deep.equal([
        { step: "judged", by: JUDGE, score: 20 },
        { step: "judged", by: JUDGE, score: 22 },
      ]);
      expect(await described(indexer)).to.include.members(["judged", "event", "rowRefuted", "settled"]);
      await on.expectRowsOf(await finalise(indexer));
    });

    it("is described no more once it isn't", async () => {
      unregister();
      expect(await described(await on.launch()))
        .to.include("event")
        .and.not.include("judged");
    });

    it("is taken from a deployment file that gained it, without a new sync", async () => {
      const first = await on.launch();
      await untilReady(first, head(whole));
      await on.stop(first);
      const toy = { address: TOY, transactionHash: deployment.contracts.Campaign.transactionHash };
      const gained = { ...deployment, contracts: { ...deployment.contracts, Toy: toy } };
      on.node.blocks = grown;
      on.node.requests = [];
      const indexer = await on.launch({ deployment: gained });
      await untilReady(indexer, head(grown));
      const asked = on.node.requests.filter(({ method }) => method === "eth_getLogs").map(({ params }) => params[0]);
      expect(asked.some((filter) => JSON.stringify(filter).includes((whole[5] as Block).hash))).to.equal(false);
      expect((await toyOf(indexer)).proven).to.equal("It scored 43.");
      expect((await ask<{ contracts: object }>(indexer, "/v1/deployment")).contracts).to.deep.include({ Toy: toy });
    });
  });
});
