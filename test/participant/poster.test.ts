import { expect } from "chai";
import { type Address, erc20Abi } from "viem";
import { type ChainState, type Ending, emptyState } from "../../participant/chainState.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createPoster, LARGEST_CHUNK, type PosterOptions } from "../../participant/poster.ts";
import { readFinalChunks, readFinalOrder, readLedger, readSeasonEnd } from "../../sdk/seasonEnd.ts";
import { type Site, startSite } from "./chain.ts";
import { deployToken, type EarnedSeason, earnSeason, freeze, post, termsOf } from "./earned.ts";

/** The accounts that post. */
const POSTER = 6;
const RIVAL = 7;
/** 80, 30, 30, 10 and 0 points. */
const UNITS = [1, 3, 8, 0, 3];

describe("poster", () => {
  let site: Site;
  let token: Address;
  before(async () => {
    site = await startSite(9);
    token = await deployToken(site);
  });
  after(() => site.close());

  const posterOf = (n: number, options: Partial<PosterOptions> = {}) =>
    createPoster(site.client, site.senderOf(n), { ...{ isPaidOnly: false, chunkSize: 2, patience: 0n }, ...options });
  const endingOf = ({ seasonId }: EarnedSeason) => site.follower.state.endings.get(seasonId);
  const draftOf = (season: EarnedSeason, n: number) =>
    endingOf(season)?.drafts.get(site.senderOf(n).account.address) ?? [];
  const orderOf = async ({ seasonId }: EarnedSeason) => {
    const { standings } = await readLedger(site.client, seasonId, await site.client.rpc.getBlockNumber());
    return standings.map(({ account }) => account);
  };
  const jobsOf = (n: number, options: Partial<PosterOptions> = {}, state: ChainState = site.follower.state) =>
    posterOf(n, options).due(state);

  /** Runs posters until the signal that `until` sends; returns what they reported. */
  async function running(posters: ReturnType<typeof posterOf>[], work: () => Promise<unknown>): Promise<string[]> {
    const stop = new AbortController();
    const reports: string[] = [];
    const run = runJobs(site.follower, posters, {
      ...{ signal: stop.signal, report: (sentence: string) => void reports.push(sentence) },
    });
    await Promise.race([work(), run]);
    stop.abort();
    await run;
    return reports;
  }

  it("refuses chunks that no transaction holds", () => {
    for (const chunkSize of [0, 1.5, LARGEST_CHUNK + 1])
      expect(() => posterOf(POSTER, { chunkSize })).to.throw(
        RangeError,
        `A chunk can't hold ${chunkSize} accounts; it holds 1 to ${LARGEST_CHUNK}.`,
      );
  });

  it("has nothing to do where the deployment lacks Standings", () => {
    const { Standings: _, ...contracts } = site.deployment.contracts;
    const client = { ...site.client, deployment: { ...site.deployment, contracts } } as typeof site.client;
    const state = emptyState({ ...site.follower.state.head, timestamp: 2n ** 40n });
    const season = { startsAt: 0n, endsAt: 1n, closesAt: 2n, openedIn: 0n, seed: undefined, tasks: [], seasonId: 9n };
    state.seasons.set(9n, season);
    expect(createPoster(client, site.senderOf(POSTER), { isPaidOnly: false }).due(state)).to.deep.equal([]);
    expect(jobsOf(POSTER, {}, state).map(({ key }) => key)).to.deep.equal(["freeze 9"]);
  });

  describe("at a season's end", () => {
    let season: EarnedSeason;
    before(async () => {
      season = await earnSeason(site, UNITS, termsOf(token));
    });

    it("has nothing to do before the close", () => {
      expect(jobsOf(POSTER)).to.deep.equal([]);
    });

    it("freezes, posts in chunks and collects, one of two that race; neither ends by it", async () => {
      const account = (n: number) => site.senderOf(n).account.address;
      const balance = (n: number) =>
        site.client.rpc.readContract({
          ...{ address: token, abi: erc20Abi, functionName: "balanceOf" as const, args: [account(n)] as const },
        });
      const reports = await running([posterOf(POSTER, { isPaidOnly: true }), posterOf(RIVAL)], async () => {
        await season.close();
        await site.until(() => endingOf(season)?.poster);
        while ((await balance(POSTER)) + (await balance(RIVAL)) === 0n) await site.follower.heads.next();
      });
      expect(reports).to.deep.equal([]);
      const winner = endingOf(season)?.poster === account(POSTER) ? POSTER : RIVAL;
      expect(await balance(winner)).to.equal(35n);
      const order = await readFinalOrder(site.client, season.seasonId);
      expect(order?.chunks.map(({ first }) => first)).to.deep.equal([1, 3, 5]);
      expect(order?.ledger.standings.map(({ points }) => points)).to.deep.equal([80n, 30n, 30n, 10n, 0n]);
    });

    it("has no more to do then, but what the contract refuses", async () => {
      await Promise.all([...jobsOf(POSTER), ...jobsOf(RIVAL)].map((job) => job.run()));
      expect(jobsOf(8)).to.deep.equal([]);
    });
  });

  describe("where nobody pays", () => {
    let season: EarnedSeason;
    let order: Address[];
    before(async () => {
      season = await earnSeason(site, UNITS);
      await season.close();
    });

    it("freezes, but posts only if it is told to", async () => {
      await running([posterOf(POSTER, { isPaidOnly: true })], async () => {
        await site.until(() => endingOf(season));
        const { number } = site.follower.state.head;
        await site.until(() => site.follower.state.head.number >= number + 8n);
      });
      expect(draftOf(season, POSTER)).to.deep.equal([]);
      order = await orderOf(season);
    });

    /** The keys of what a poster does once it has read the ledger. */
    async function next(n: number, options: Partial<PosterOptions> = {}): Promise<string[]> {
      const poster = posterOf(n, options);
      const { state } = site.follower;
      const only = { ...state, seasons: new Map([...state.seasons].filter(([id]) => id === season.seasonId)) };
      for (const job of poster.due(only)) await job.run();
      return poster.due(only).map(({ key }) => key.replace(/, as .*/, ""));
    }

    it("waits for its turn after the freeze", async () => {
      expect(await next(POSTER)).to.deep.equal([`post ${season.seasonId} from 1`]);
      expect(await next(POSTER, { patience: 10_000n })).to.deep.equal([]);
    });

    it("stands back for one that is further, right and moving; passes one that stops or is wrong", async () => {
      await post(site, RIVAL, season.seasonId, 1, [order[0], order[1]] as Address[]);
      await post(site, 8, season.seasonId, 1, [order[0], order[2], order[4]] as Address[]);
      await site.until(() => draftOf(season, RIVAL).length > 0 && draftOf(season, 8).length > 0);
      const age = site.follower.state.head.number - (endingOf(season)?.frozenIn ?? 0n);
      expect(await next(POSTER, { patience: age })).to.deep.equal([]);
      const posted = draftOf(season, RIVAL)[0]?.blockNumber ?? 0n;
      const gone = site.follower.state.head.number - posted;
      expect(await next(POSTER, { patience: gone })).to.deep.equal([`post ${season.seasonId} from 1`]);
      expect(await next(8)).to.deep.equal([`post ${season.seasonId} from 1`]);
      expect(await next(RIVAL)).to.deep.equal([`post ${season.seasonId} from 3`]);
    });

    it("goes on with its draft after a restart, and begins a wrong one anew", async () => {
      const reports = await running([posterOf(8)], async () => {
        await site.until(() => draftOf(season, 8)[0]?.accounts.length === 2 && draftOf(season, 8).length === 1);
      });
      await running([posterOf(8, { chunkSize: 1 })], () => site.until(() => endingOf(season)?.poster));
      expect(reports).to.deep.equal([]);
      const { poster } = await readSeasonEnd(site.client, season.seasonId);
      expect(poster).to.equal(site.senderOf(8).account.address);
      const chunks = await readFinalChunks(site.client, season.seasonId);
      expect(chunks.map(({ first }) => first).slice(0, 2)).to.deep.equal([1, 3]);
      expect(chunks.flatMap(({ accounts }) => accounts)).to.deep.equal(order);
    });

    it("ends jobs that came too late", async () => {
      const { state } = site.follower;
      const ending = { ...(state.endings.get(season.seasonId) as Ending), poster: undefined };
      const poster = posterOf(POSTER);
      const keys: string[] = [];
      for (const endings of [new Map(), ...Array(2).fill(new Map([[season.seasonId, ending]]))])
        for (const { key, run } of poster.due({ ...state, endings })) {
          await run();
          keys.push(key.replace(/ 0x.*|, as .*/, ""));
        }
      const { seasonId } = season;
      expect(keys).to.include.members([`freeze ${seasonId}`, "read the ledger", `post ${seasonId} from 1`]);
    });
  });

  describe("of a season without entries", () => {
    it("is left to others", async () => {
      const season = await earnSeason(site, []);
      await season.close();
      const [job] = jobsOf(POSTER).slice(-1);
      await job?.run();
      expect(job?.key).to.equal(`freeze ${season.seasonId}`);
      expect((await readSeasonEnd(site.client, season.seasonId)).frozen).to.equal(false);
      await freeze(site, POSTER, season.seasonId);
      await site.until(() => endingOf(season)?.poster);
      expect(await readFinalChunks(site.client, season.seasonId)).to.deep.equal([]);
    });
  });
});
