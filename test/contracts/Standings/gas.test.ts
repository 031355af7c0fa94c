import { expect } from "chai";
import hre, { network } from "hardhat";
import { cutStandings } from "../../../sdk/standings.ts";
import { protocol } from "../fixtures.ts";
import { runSeason } from "../seasons.ts";
import { crowdOf, enterCrowd } from "./crowd.ts";

const { ethers, networkHelpers } = await network.create();

/** What a transaction may use at most since EIP-7825. */
const TRANSACTION_GAS = 2n ** 24n;

// Coverage instruments the contracts, which then cost more.
if (!hre.globalOptions.coverage)
  describe("Gas of Standings.post", () => {
    async function postAll(count: number, size: number) {
      const p = await protocol(ethers);
      const standings = await ethers.deployContract("Standings", [p.campaign]);
      const { closesAt } = await runSeason(p, networkHelpers);
      const crowd = crowdOf(count);
      await enterCrowd(networkHelpers, p.campaign, 1n, crowd);
      await networkHelpers.time.increaseTo(closesAt);
      await standings.freeze(1);
      const gas: bigint[] = [];
      for (const { first, root, standings: chunk } of cutStandings(crowd, size)) {
        const accounts = chunk.map(({ account }) => account);
        const sent = await standings.post(1, first, accounts, { gasLimit: TRANSACTION_GAS });
        await expect(sent).to.emit(standings, "StandingsPosted").withArgs(1, p.admin, first, root, accounts);
        gas.push((await sent.wait())?.gasUsed as bigint);
      }
      expect((await standings.endOf(1)).poster).to.equal(p.admin);
      return gas;
    }

    it("is at most 5,000 an account in chunks of 1,000", async () => {
      for (const gas of await postAll(2_000, 1_000)) expect(gas / 1_000n).to.be.at.most(5_000n);
    });

    it("leaves room for 4,000 accounts in a transaction", async () => {
      expect(await postAll(4_000, 4_000)).to.have.length(1);
    });
  });
