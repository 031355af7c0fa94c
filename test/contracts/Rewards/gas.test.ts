import { expect } from "chai";
import hre, { network } from "hardhat";
import { cutStandings } from "../../../sdk/standings.ts";
import { protocol } from "../fixtures.ts";
import { crowdOf, enterCrowd } from "../Standings/crowd.ts";
import { runSeason } from "../seasons.ts";
import { byPoints, claimAt, termsOf } from "./rewarded.ts";

const { ethers, networkHelpers } = await network.create();

// Coverage instruments the contracts, which then cost more.
if (!hre.globalOptions.coverage)
  describe("Gas of Rewards.claim, to an account that never had the token,", () => {
    async function claims(differing: object) {
      const p = await protocol(ethers);
      const standings = await ethers.deployContract("Standings", [p.campaign]);
      const rewards = await ethers.deployContract("Rewards", [standings]);
      const token = await ethers.deployContract("PlainToken", [p.organiser, 10_000]);
      await token.connect(p.organiser).approve(rewards, 10_000);
      const terms = termsOf(token, differing);
      const { closesAt } = await runSeason(p, networkHelpers, [], () => rewards.connect(p.organiser).escrow(1, terms));
      const order = crowdOf(1_000);
      const chunks = cutStandings(order, 1_000);
      await enterCrowd(networkHelpers, p.campaign, 1n, order);
      await networkHelpers.time.increaseTo(closesAt);
      await standings.freeze(1);
      await standings.post(
        1,
        1,
        order.map(({ account }) => account),
      );
      // The first claims in their words of 256 places, then others, alone and in ties.
      const gas: number[] = [];
      for (const place of [1, 300, 602, 901, 2, 3, 601, 899]) {
        const account = order[place - 1]?.account as string;
        await networkHelpers.impersonateAccount(account);
        await networkHelpers.setBalance(account, 10n ** 18n);
        const signer = await ethers.getSigner(account);
        const claim = claimAt({ chunks, order }, place, terms.prizes.length === 0 ? 0 : undefined);
        const sent = await rewards.connect(signer).claim(1, terms, claim, signer, "0x");
        gas.push(Number((await sent.wait())?.gasUsed));
      }
      return { firsts: gas.slice(0, 4), rest: gas.slice(4) };
    }

    it("is at most 110,000 by points, and 17,100 more for the first in 256 places", async () => {
      const { firsts, rest } = await claims({ ...byPoints, pool: 9_000 });
      expect(Math.max(...rest)).to.be.at.most(110_000);
      expect(Math.max(...firsts)).to.be.at.most(127_100);
    });

    it("is at most 123,000 by rank, which takes a second proof", async () => {
      const prizes = [1, 9, 90, 900].map((places, i) => ({ places, amount: 9 - i }));
      const { firsts, rest } = await claims({ pool: 6_111, prizes });
      expect(Math.max(...rest)).to.be.at.most(123_000);
      expect(Math.max(...firsts)).to.be.at.most(140_100);
    });
  });
