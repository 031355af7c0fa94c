import { expect } from "chai";
import hre, { network } from "hardhat";
import { cutStandings } from "../../../sdk/standings.ts";
import { protocol } from "../fixtures.ts";
import { crowdOf, enterCrowd } from "../Standings/crowd.ts";
import { runSeason } from "../seasons.ts";
import { byPoints, claimAt, termsOf } from "./rewarded.ts";

const { ethers, networkHelpers } = await network.create();

/** Prizes of the first chunk's places. */
const ranked = [1, 9, 90, 900].map((places, i) => ({ places, amount: 9 - i }));

// Coverage instruments the contracts, which then cost more.
if (!hre.globalOptions.coverage)
  describe("Gas of Rewards.claim, to an account that never had the token,", () => {
    async function claims(differing: object) {
      const p = await protocol(ethers);
      const standings = await ethers.deployContract("Standings", [p.campaign]);
      const rewards = await ethers.deployContract("Rewards", [standings]);
      const token = await ethers.deployContract("PlainToken", [p.organiser, 10_000_000]);
      await token.connect(p.organiser).approve(rewards, 10_000_000);
      const terms = termsOf(token, differing);
      const { closesAt } = await runSeason(p, networkHelpers, [], () => rewards.connect(p.organiser).escrow(1, terms));
      const order = crowdOf(2_000);
      const chunks = cutStandings(order, 1_000);
      await enterCrowd(networkHelpers, p.campaign, 1n, order);
      await networkHelpers.time.increaseTo(closesAt);
      await standings.freeze(1);
      for (const { first, standings: chunk } of chunks)
        await standings.post(
          1,
          first,
          chunk.map(({ account }) => account),
        );
      const gas: number[] = [];
      for (const place of [300, 602, 901, 1, 2, 3, 601, 899, 1_000]) {
        const account = order[place - 1]?.account as string;
        await networkHelpers.impersonateAccount(account);
        await networkHelpers.setBalance(account, 10n ** 18n);
        const signer = await ethers.getSigner(account);
        const claim = claimAt({ chunks, order }, place, terms.prizes.length === 0 ? 0 : undefined);
        const sent = await rewards.connect(signer).claim(1, terms, claim, signer, "0x");
        gas.push(Number((await sent.wait())?.gasUsed));
      }
      return {
        firsts: Math.max(...gas.slice(0, 3)),
        // Alone and in ties.
        others: Math.max(...gas.slice(3, -1)),
        // Its next rank begins in the next chunk.
        last: gas.at(-1),
      };
    }

    it("is at most 110,000 by points", async () => {
      const { others, last } = await claims({ ...byPoints, pool: 9_000_000 });
      expect(others).to.be.at.most(110_000);
      expect(last).to.be.at.most(110_000);
    });

    it("is at most 110,000 by rank, which takes a second proof, and 112,000 if that is of another chunk", async () => {
      const { others, last } = await claims({ pool: 6_111, prizes: ranked });
      expect(others).to.be.at.most(110_000);
      expect(last).to.be.at.most(112_000);
    });

    it("is 17,100 more for the first of 256 neighbouring places, and not for the first of places 1 to 255", async () => {
      for (const differing of [
        { ...byPoints, pool: 9_000_000 },
        { pool: 6_111, prizes: ranked },
      ]) {
        const { firsts, others } = await claims(differing);
        expect(firsts - others).to.be.within(17_000, 17_200);
      }
    });
  });
