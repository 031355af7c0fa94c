import { expect } from "chai";
import { toEventSelector } from "viem";
import { standingsAbi } from "../../../sdk/abi.ts";
import { prizeOf, shareOf } from "../../../sdk/rewards.ts";
import { verifyStanding } from "../../../sdk/standings.ts";
import type { ClaimAnswer, EventLocation, FinalStanding, Season, Standing } from "../../../sdk/wire.ts";
import type { Block } from "../node.ts";
import { onEachStore } from "../store/stores.ts";
import { chainTold, eventsIn } from "./served.ts";
import { openAnywhere, type ServedAnywhere } from "./served-anywhere.ts";
import { NOBODY } from "./site.ts";

const finalised = toEventSelector(
  standingsAbi.find((item) => item.type === "event" && item.name === "SeasonFinalised") as never,
);
/** Different picks of acts of a kind, a block's in a list each. */
const acts = (kind: number, blocks: number, each: number): number[][] =>
  Array.from({ length: blocks }, (_, block) =>
    Array.from({ length: each }, (_, i) => kind + 32 * ((7_919 * (block * each + i)) % 65_536)),
  );
/** Two seasons open, points are earned in them, and they end. */
const whole = chainTold([[30, 30, 0, 32], ...acts(11, 5, 12), ...acts(26, 24, 6)]);
const hasEnd = ({ logs }: Block) => logs.some(({ topics }) => topics[0] === finalised);
const firstEnd = whole.findIndex(hasEnd);
/** The season that ends first. */
const ending = Number(whole[firstEnd]?.logs.find(({ topics }) => topics[0] === finalised)?.topics[1]);

const asStanding = ({ place, rank, account, points, lastSeq }: FinalStanding) => ({
  ...{ place, rank, account, points: BigInt(points), lastSeq: BigInt(lastSeq) },
});

onEachStore("claims of final standings", (store) => {
  let served: ServedAnywhere;
  let url: string;
  before(async () => {
    served = await openAnywhere(whole, store());
    url = await served.listen();
  });
  after(() => served.close());

  const get = async (path: string) => {
    const response = await fetch(`${url}/v1/seasons/${path}`);
    return { status: response.status, body: await response.json() };
  };
  const claimOf = async (season: number, account: string): Promise<ClaimAnswer> => {
    const { status, body } = await get(`${season}/claim/${account}`);
    expect(status).to.equal(200);
    return body;
  };
  const standings = async (season: number): Promise<Standing[]> => (await get(`${season}/standings`)).body.items;
  const season = async (id: number): Promise<Season> => (await get(`${id}`)).body.item;
  const eventsOf = (name: string, id: number) =>
    whole
      .flatMap(eventsIn)
      .filter(({ eventName, args }) => eventName === name && (args as { seasonId?: bigint }).seasonId === BigInt(id));
  const isAt = (location: EventLocation | null, place: { blockNumber: number; logIndex: number } | undefined) =>
    expect(location && [location.blockNumber, location.logIndex, location.timestamp]).to.deep.equal(
      place ? [place.blockNumber, place.logIndex, 1_000 + place.blockNumber] : null,
    );

  it("are refused in a season that there isn't, for no address, and without an entry", async () => {
    expect(await get(`9/claim/${NOBODY}`)).to.deep.include({ status: 404 });
    const { status, body } = await get("2/claim/0x12");
    expect([status, body.parameter]).to.deep.equal([400, "account"]);
    const missing = await get(`2/claim/${NOBODY}`);
    expect([missing.status, missing.body.detail]).to.deep.equal([404, `${NOBODY} has no points entry in season 2.`]);
  });

  it("are refused while the order isn't final, also for accounts that have no entry", async () => {
    const [first] = await standings(1);
    for (const account of [first?.account, NOBODY]) {
      const { status, body } = await get(`1/claim/${account}`);
      expect([status, body.detail]).to.deep.equal([409, "The order of season 1 isn't final: the season isn't frozen."]);
    }
  });

  for (const id of [2, 3])
    it(`prove every account of season ${id} in its chunk, with what it earns and got`, async () => {
      const { rewards, totals, final, frozen } = await season(id);
      expect([frozen, final, rewards].includes(null)).to.equal(false);
      if (!rewards || !final) return;
      const all = await standings(id);
      expect(all.length).to.be.above(3);
      const claims = eventsOf("RewardClaimed", id);
      const prizes = rewards.prizes.map(({ places, amount }) => ({ places, amount: BigInt(amount) }));
      let claimed = 0n;
      for (const { account, rank, points, place } of all) {
        const { standing, proof, chunk, reward, badge } = await claimOf(id, account);
        expect(verifyStanding(chunk.root, chunk.first, asStanding(standing), proof)).to.equal(true);
        expect([standing.account, standing.rank, standing.place]).to.deep.equal([account, rank, place]);
        const next = all.find((other) => other.rank > rank);
        expect(reward?.next ?? undefined).to.deep.equal(
          next && prizes.length > 0
            ? { place: next.place, rank: next.rank, account: next.account, points: next.points, lastSeq: next.lastSeq }
            : undefined,
        );
        const claim = claims.find(({ args }) => (args as { account: string }).account === account);
        isAt(reward?.claimed ?? null, claim?.location);
        const earned =
          prizes.length > 0
            ? prizeOf(prizes, rank, (next?.rank ?? all.length + 1) - 1)
            : shareOf(BigInt(rewards.pool), BigInt(points), BigInt(totals.totalPoints));
        const paid = claim && (claim.args as { amount: bigint }).amount;
        claimed += paid ?? 0n;
        expect(reward?.amount).to.equal(String(paid ?? earned));
        expect(reward?.state).to.equal(paid ? "claimed" : earned === 0n ? "nothing" : "over");
        const mint = whole
          .flatMap(eventsIn)
          .find(
            ({ eventName, args }) =>
              eventName === "Transfer" && `${(args as { tokenId: bigint }).tokenId}` === badge.tokenId,
          );
        isAt(badge.minted, mint?.location);
        expect(badge.tokenId).to.equal(String((BigInt(id) << 32n) | BigInt(place)));
      }
      expect(rewards.claimed).to.equal(String(claimed));
      const [end] = eventsOf("SeasonFinalised", id);
      isAt(final.finalised, end?.location);
      expect(end?.args).to.include({ poster: final.poster });
      expect(rewards.claimUntil).to.equal(final.finalised.timestamp + rewards.claimPeriod);
      const returned = BigInt(rewards.pool) + BigInt(rewards.posterBudget) - claimed - BigInt(rewards.posterPaid);
      expect(rewards.returned).to.equal(eventsOf("RewardsReturned", id).length > 0 ? String(returned) : null);
    });

  it("are refused again once a reorganisation undid the end, and proved again by the same proofs", async () => {
    const [first] = await standings(ending);
    const account = first?.account as string;
    const before = await claimOf(ending, account);
    await served.become(whole.slice(0, firstEnd));
    const { status, body } = await get(`${ending}/claim/${account}`);
    expect([status, body.status]).to.deep.equal([409, 409]);
    expect(body.detail).to.equal(`The order of season ${ending} isn't final: nobody has posted all of it yet.`);
    expect((await get(`${ending}`)).body.item.final).to.equal(null);
    await served.become(whole);
    expect(await claimOf(ending, account)).to.deep.equal(before);
  });

  it("can be made until the period is over", async () => {
    await served.become(whole.slice(0, firstEnd + 1));
    const states = new Set<string | undefined>();
    for (const { account } of await standings(ending)) states.add((await claimOf(ending, account)).reward?.state);
    expect(states).to.include("claimable").and.not.to.include("over");
    await served.become(whole);
  });
});
