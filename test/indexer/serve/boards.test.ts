import { expect } from "chai";
import type {
  AttestationSummary,
  CatchersAnswer,
  InferenceRequestAnswer,
  InferenceRequestsPage,
  ModelBoard,
  ModelStandings,
  PublisherBoard,
  StandingsPage,
} from "../../../sdk/wire.ts";
import { onEachStore } from "../store/stores.ts";
import { openSite, type Site } from "./site.ts";

type Purpose = "seasons" | "requests";

onEachStore("boards", (store) => {
  let site: Site;
  let attestations: AttestationSummary[];
  let answers: Set<string>;
  const get = async <T>(path: string): Promise<T> => (await site.get(path)).body as T;
  async function pagesOf<Item>(path: string): Promise<Item[]> {
    const found: Item[] = [];
    for (let next: string | null = ""; next !== null; ) {
      const page: { items: Item[]; next: string | null } = await get(`${path}${next && `?cursor=${next}`}`);
      found.push(...page.items);
      next = page.next;
    }
    return found;
  }
  before(async () => {
    site = await openSite(store());
    attestations = await pagesOf("/v1/attestations");
    const requests = await pagesOf<InferenceRequestsPage["items"][number]>("/v1/requests");
    const whole = await Promise.all(
      requests.map(({ requestId }) => get<InferenceRequestAnswer>(`/v1/requests/${requestId}`)),
    );
    answers = new Set(whole.flatMap(({ item }) => item.answers.map(({ uid }) => uid as string)));
  });
  after(() => site.close());

  /** Units of the attestations of some kind, counted here. */
  function unitsOf(purpose: Purpose, isOf: (one: AttestationSummary) => boolean) {
    const those = attestations.filter(
      (one) => isOf(one) && (purpose === "seasons" ? one.counts : !one.counts && answers.has(one.uid)),
    );
    const of = (status: string) => those.filter((one) => one.status === status);
    const sum = (some: AttestationSummary[]) => some.reduce((total, { count }) => total + count, 0);
    const verified = of("verified");
    return {
      verified: sum(verified),
      refuted: sum(of("refuted")),
      provers: new Set(verified.map(({ prover }) => prover)).size,
    };
  }

  for (const by of ["seasons", "requests"] as const)
    it(`have models and publishers by verified units of ${by}, the most first, and count both uses apart`, async () => {
      const models = (await get<ModelBoard>(`/v1/boards/models?by=${by}`)).items;
      expect(models).to.not.deep.equal([]);
      for (const { modelId, seasons, requests } of models) {
        expect(seasons).to.deep.equal(unitsOf("seasons", (one) => one.modelId === modelId));
        expect(requests).to.deep.equal(unitsOf("requests", (one) => one.modelId === modelId));
      }
      const publishers = (await get<PublisherBoard>(`/v1/boards/publishers?by=${by}`)).items;
      for (const { publisher, seasons, requests } of publishers) {
        const own = models.filter((model) => model.publisher === publisher).map(({ modelId }) => modelId);
        expect(seasons).to.deep.equal(unitsOf("seasons", (one) => own.includes(one.modelId)));
        expect(requests).to.deep.equal(unitsOf("requests", (one) => own.includes(one.modelId)));
      }
      for (const items of [models, publishers]) {
        const counts = items.map((item) => item[by].verified);
        expect(counts).to.deep.equal(counts.toSorted((a, b) => b - a));
        expect(counts).to.not.include(0);
      }
    });

  it("rank a model's accounts by units that were verified in seasons", async () => {
    for (const { modelId, seasons } of (await get<ModelBoard>("/v1/boards/models")).items) {
      const { items } = await get<ModelStandings>(`/v1/models/${modelId}/standings`);
      const counts = items.map((item) => item.seasons.verified);
      expect(counts).to.deep.equal(counts.toSorted((a, b) => b - a));
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(seasons.verified);
      for (const item of items) {
        const { verified, refuted } = unitsOf(
          "seasons",
          (one) => one.modelId === modelId && one.prover === item.account,
        );
        expect(item.seasons).to.deep.equal({ verified, refuted });
      }
    }
  });

  it("have those who caught the most, as the standings count them", async () => {
    const { items } = await get<CatchersAnswer>("/v1/seasons/1/catchers");
    expect(items).to.not.deep.equal([]);
    const counts = items.map(({ caught }) => caught);
    expect(counts).to.deep.equal(counts.toSorted((a, b) => b - a));
    const standings = (await get<StandingsPage>("/v1/seasons/1/standings?limit=100")).items;
    for (const { account, caught } of standings)
      expect(items.find((item) => item.account === account)?.caught ?? 0).to.equal(caught);
  });
});
