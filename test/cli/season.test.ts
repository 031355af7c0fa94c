import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { type Address, erc20Abi, type Hex } from "viem";
import { callOf } from "../../sdk/calls.ts";
import { readLedger, readSeasonEnd } from "../../sdk/seasonEnd.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import {
  deployToken,
  type EarnedSeason,
  earnSeason,
  finalise,
  post,
  setClock,
  termsOf,
} from "../participant/earned.ts";
import { type Answer, environmentOf, keyOf, runCommand } from "./site.ts";

/** 80, 30, 30, 10 and 0 points for accounts 3, 2, 5, 1 and 4: ranks 1, 2, 2, 4, 5. */
const UNITS = [1, 3, 8, 0, 3];
const POSTER = 6;
const HELPER = 7;
const STRANGER = accountOf(40).address;

describe("proofboard season", () => {
  let site: Site;
  let token: Address;
  let season: EarnedSeason;
  let environment: Record<string, string>;
  before(async () => {
    site = await startSite(8);
    token = await deployToken(site);
    season = await earnSeason(site, UNITS, termsOf(token));
    environment = await environmentOf(site);
  });
  after(() => site.close());

  /** Runs a verb of season `id`, as account `n` if one is given. */
  const run = (verb: string, id: bigint, n?: number, ...more: string[]): Promise<Answer> =>
    runCommand(["season", verb, String(id), ...more], {
      ...environment,
      ...(n !== undefined && { PROOFBOARD_PRIVATE_KEY: keyOf(n) }),
    });
  const json = async (answered: Promise<Answer>) => {
    const { code, stdout, stderr } = await answered;
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout);
  };
  async function refuses(answered: Promise<Answer>, sentence: string): Promise<void> {
    const { code, stderr } = await answered;
    expect(stderr).to.contain(sentence);
    expect(code).to.equal(1);
  }
  const balanceOf = (account: Address) =>
    site.client.rpc.readContract({ address: token, abi: erc20Abi, functionName: "balanceOf", args: [account] });

  describe("before the close", () => {
    it("refuses a season that doesn't exist, is a draft or was cancelled", async () => {
      await refuses(run("freeze", 77n, POSTER), "There is no season 77; the last one is 1.");
      const { campaign } = site.client.contracts;
      const at = Number(site.follower.heads.latest.timestamp) + 50_000;
      const draft = callOf({ ...campaign, functionName: "draft", args: [at, at + 100, at + 5_000, 0n] });
      await site.senderOf(0).send(draft);
      await refuses(run("freeze", 2n, POSTER), "Season 2 is a draft: it was never opened.");
      expect((await json(run("status", 2n, undefined, "--json"))).state).to.equal("drafted");
      await site.senderOf(0).send(callOf({ ...campaign, functionName: "cancel", args: [2n] }));
      await refuses(run("post", 2n, POSTER), "Season 2 was cancelled.");
      expect((await json(run("status", 2n, undefined, "--json"))).state).to.equal("cancelled");
    });

    it("refuses to end a season that runs, or to claim in it", async () => {
      for (const verb of ["freeze", "post"])
        await refuses(run(verb, season.seasonId, POSTER), `Season ${season.seasonId} isn't closed: it closes at 20`);
      await refuses(run("claim", season.seasonId, 1), "Season 1 has no final order yet: it is running.");
    });

    it("says where the deployment has no contracts for it", async () => {
      const { Standings: _s, Rewards: _r, Badges: _b, ...contracts } = site.deployment.contracts;
      const file = join(site.directory, "older.json");
      await writeFile(file, JSON.stringify({ ...site.deployment, contracts }));
      const older = ["--deployment", file];
      const sentence = "The deployment on chain 31337 has no Standings contract: its seasons have no end.";
      for (const verb of ["freeze", "post", "claim"]) await refuses(run(verb, 1n, POSTER, ...older), sentence);
      const status = await json(run("status", 1n, 1, "--json", ...older));
      expect([status.end, status.rewards, status.account.standing.points]).to.deep.equal([null, null, "10"]);
    });

    it("shows rules, rewards and what the key's account has", async () => {
      const { code, stdout, stderr } = await run("status", season.seasonId, 2);
      expect(code, stderr).to.equal(0);
      expect(stdout).to.match(/^Season 1 on chain 31337, running, as of block /);
      expect(stdout).to.match(/^ {2}task 1 {5}10 points a unit, 8 units an account, unknown method \d/m);
      expect(stdout).to.contain("place 1: 600; place 2: 200; place 3: 101; places 4 to 5: 10");
      expect(stdout).to.match(/rank 2, place 2, 30 points/);
      expect(Math.max(...stdout.split("\n").map((line) => line.length))).to.be.at.most(100);
    });
  });

  describe("after the close", () => {
    before(() => season.close());

    it("refuses to post or claim before the freeze, and to act without a key", async () => {
      await refuses(run("post", 1n, POSTER), "Season 1 isn't frozen yet; anyone may do that: season freeze 1.");
      await refuses(run("claim", 1n, 1), "Season 1 has no final order yet: it is closed.");
      await refuses(run("freeze", 1n), "There is no key: give a keystore file, or PROOFBOARD_PRIVATE_KEY.");
    });

    it("freezes, once", async () => {
      const { participants, totalPoints } = await json(run("freeze", 1n, POSTER, "--json"));
      expect([participants, totalPoints]).to.deep.equal([5, "150"]);
      await refuses(run("freeze", 1n, POSTER), "Season 1 is frozen already.");
      await refuses(run("claim", 1n, 1), "Season 1 has no final order yet: it is frozen.");
    });

    it("goes on with its own draft, says what it sends, and collects what it is paid", async () => {
      const { standings } = await readLedger(site.client, 1n, await site.client.rpc.getBlockNumber());
      const accounts = standings.map(({ account }) => account);
      await post(site, POSTER, 1n, 1, accounts.slice(0, 1));
      await post(site, HELPER, 1n, 1, accounts.slice(1, 3));
      const { drafts } = await json(run("status", 1n, undefined, "--json"));
      expect(drafts).to.deep.equal([
        { poster: accountOf(POSTER).address, accounts: 1 },
        { poster: accountOf(HELPER).address, accounts: 2 },
      ]);
      const { code, stdout, stderr } = await run("post", 1n, POSTER, "--chunk", "2");
      expect(code, stderr).to.equal(0);
      expect(stderr).to.equal(
        `Posting places 2 to 5 as ${accountOf(POSTER).address}: 2 transactions, about 216,132 gas.\n`,
      );
      expect(stdout).to.contain("Accounts      4 of 5 posted now");
      expect((await readSeasonEnd(site.client, 1n)).poster).to.equal(accountOf(POSTER).address);
      expect(await balanceOf(accountOf(POSTER).address)).to.equal(35n);
    });

    it("refuses to end a season twice", async () => {
      const sentence = `Season 1 has a final order already, posted by ${accountOf(POSTER).address}.`;
      for (const verb of ["freeze", "post"]) await refuses(run(verb, 1n, HELPER), sentence);
    });
  });

  describe("once it is final", () => {
    it("refuses to claim what nobody earned", async () => {
      const stranger = { ...environment, PROOFBOARD_PRIVATE_KEY: keyOf(40) };
      await refuses(runCommand(["season", "claim", "1"], stranger), `${STRANGER} has no entry in season 1.`);
      const { account } = await json(run("status", 1n, undefined, "--account", STRANGER, "--json"));
      expect(account).to.deep.equal({ account: STRANGER, standing: null, reward: null, badge: null });
    });

    it("claims a reward for another address, once, and mints the badge, once", async () => {
      const before = await run("status", 1n, 3);
      expect(before.stdout).to.contain("reward     600 to claim").and.to.contain("badge      4294967297, not minted");
      const { reward, badge, standing } = await json(run("claim", 1n, 3, "--to", STRANGER, "--json"));
      expect([reward.amount, standing.rank, badge]).to.deep.equal(["600", 1, null]);
      expect(await balanceOf(STRANGER)).to.equal(600n);
      const claimed = `The reward of ${accountOf(3).address} in season 1 was claimed already.`;
      await refuses(run("claim", 1n, 3), claimed);
      const minted = await run("claim", 1n, 3, "--badge");
      expect(minted.stdout)
        .to.contain(`none: ${claimed}`)
        .and.to.match(/Badge {6}4294967297, in transaction 0x/);
      await refuses(run("claim", 1n, 3, "--badge"), `${claimed} The badge of place 1 was minted already.`);
      const after = (await run("status", 1n, 3)).stdout.replace(/\s+/g, " ");
      expect(after).to.contain("was claimed already.").and.to.contain("was minted already.");
    });

    it("claims and mints at once, with a shared rank's mean", async () => {
      const { stdout } = await run("claim", 1n, 2, "--badge");
      expect(stdout).to.contain("Rank       2, place 2, 30 points").and.to.contain(`Reward     150 of ${token}, to `);
      expect(await balanceOf(accountOf(2).address)).to.equal(150n);
    });

    it("signs a claim that anybody may send", async () => {
      const { call, amount } = await json(run("claim", 1n, 5, "--sign", "--to", STRANGER, "--json"));
      expect(amount).to.equal("150");
      const shown = await run("claim", 1n, 5, "--sign");
      expect(shown.stdout).to.contain("Anyone may send this call; it pays nobody else.");
      const { to, data } = call as { to: Address; data: Hex };
      await site.senderOf(HELPER).send({ name: "claim", to, data, value: 0n });
      expect(await balanceOf(STRANGER)).to.equal(750n);
      await refuses(run("claim", 1n, 5, "--sign"), "was claimed already.");
    });

    it("refuses to claim when the time for it is over", async () => {
      const { finalisedAt } = await readSeasonEnd(site.client, 1n);
      await setClock(site, finalisedAt + termsOf(token).claimPeriod);
      await refuses(run("claim", 1n, 1), "Claims of season 1 ended at 20");
    });
  });

  describe("without rewards", () => {
    it("says so, and mints badges all the same", async () => {
      const { seasonId, close } = await earnSeason(site, [2]);
      await close();
      await finalise(site, POSTER, seasonId, 1);
      await refuses(run("claim", seasonId, 1), `Season ${seasonId} has no rewards.`);
      const { reward, badge } = await json(run("claim", seasonId, 1, "--badge", "--json"));
      expect(reward).to.equal(null);
      expect(badge.tokenId).to.equal(String((seasonId << 32n) | 1n));
      expect((await run("status", seasonId)).stdout)
        .to.contain("rewards    none")
        .and.to.contain(", final, ");
    });
  });
});
