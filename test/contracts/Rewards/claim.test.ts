import { expect } from "chai";
import { network } from "hardhat";
import { rankAll } from "../../../sdk/ledger.ts";
import { cutStandings } from "../../../sdk/standings.ts";
import { protocol } from "../fixtures.ts";
import { enterCrowd } from "../Standings/crowd.ts";
import { runSeason } from "../seasons.ts";
import { formsOf } from "../signatures.ts";
import {
  byPoints,
  claimAt,
  deployRewards,
  digestOf,
  finalSeason,
  prizes,
  proofAt,
  rewardedSeason,
  signClaim,
  termsOf,
} from "./rewarded.ts";

const { ethers, networkHelpers } = await network.create();

const MONTH = 30 * 86_400;

/** What rank 1, 2, 2, 4, 5, 5 get: equal ranks share (200 + 101) and (10 + 0), rounded down. */
const AMOUNTS = [600, 150, 150, 10, 5, 5];

describe("Rewards.claim", () => {
  async function unfinished() {
    return rewardedSeason(ethers, networkHelpers);
  }

  async function fixture() {
    return finalSeason(ethers, networkHelpers);
  }

  /** The second account is a contract by now. */
  async function wallet() {
    const p = await fixture();
    const { address } = signerAt(p, 2);
    await networkHelpers.setCode(address, await ethers.provider.getCode(await ethers.deployContract("MockWallet")));
    const account = await ethers.getContractAt("MockWallet", address);
    return { ...p, account, right: { account: address, to: p.other.address, amount: 150 } };
  }

  async function shared() {
    return finalSeason(ethers, networkHelpers, byPoints);
  }

  type Fixture = Awaited<ReturnType<typeof fixture>>;

  const signerAt = ({ signers }: Fixture, place: number) => signers[place - 1] as Fixture["prover"];

  /** The account at a place claims for itself. */
  const claim = (p: Fixture, place: number, next?: number) => {
    const signer = signerAt(p, place);
    return p.rewards.connect(signer).claim(1, p.terms, claimAt(p, place, next), signer, "0x");
  };

  it("refuses other terms than the season's, and seasons without rewards", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token, terms } = p;
    const differing = [{ pool: 922 }, { perAccount: 8 }, { claimPeriod: MONTH + 1 }, { prizes: prizes.slice(1) }];
    for (const wrong of [
      ...differing.map((other) => termsOf(token, other)),
      { ...terms, token: rewards.target as string },
    ])
      await expect(claim({ ...p, terms: wrong }, 1))
        .to.be.revertedWithCustomError(rewards, "WrongTerms")
        .withArgs(1);
    await expect(rewards.claim(2, terms, claimAt(p, 1), p.other, "0x"))
      .to.be.revertedWithCustomError(rewards, "WrongTerms")
      .withArgs(2);
  });

  it("refuses while the order isn't final", async () => {
    const p = await networkHelpers.loadFixture(unfinished);

    await expect(claim(p, 1)).to.be.revertedWithCustomError(p.rewards, "NotFinal").withArgs(1);
  });

  it("refuses from the second on in which the claim period ends", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { finalisedAt } = await p.standings.endOf(1);
    const until = Number(finalisedAt) + MONTH;
    await networkHelpers.time.setNextBlockTimestamp(until - 1);
    await claim(p, 2);
    await networkHelpers.time.setNextBlockTimestamp(until);

    await expect(claim(p, 1)).to.be.revertedWithCustomError(p.rewards, "ClaimsOver").withArgs(1, until);
  });

  it("refuses a standing that isn't proved", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const claims = [
      { ...claimAt(p, 2), standing: { ...proofAt(p, 2).standing, rank: 1 } },
      { ...claimAt(p, 2), standing: { ...proofAt(p, 2).standing, account: p.signers[3]?.address as string } },
      { ...claimAt(p, 2), proof: proofAt(p, 3).proof },
      { ...claimAt(p, 2), proof: { ...proofAt(p, 2).proof, index: 2 } },
    ];
    for (const wrong of claims)
      await expect(p.rewards.connect(signerAt(p, 2)).claim(1, p.terms, wrong, p.other, "0x"))
        .to.be.revertedWithCustomError(p.rewards, "NotAStanding")
        .withArgs(1, 2);
  });

  it("refuses a next standing that isn't proved, isn't its rank's first, or isn't after the account's rank", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, terms } = p;
    const forged = { ...claimAt(p, 1), next: { ...proofAt(p, 3).standing, place: 3, rank: 3 } };

    await expect(rewards.connect(signerAt(p, 1)).claim(1, terms, forged, p.other, "0x"))
      .to.be.revertedWithCustomError(rewards, "NotAStanding")
      .withArgs(1, 3);
    for (const [place, next] of [
      [1, 3],
      [1, 6],
      [2, 2],
      [2, 3],
      [4, 4],
      [4, 1],
    ] as const)
      await expect(claim(p, place, next))
        .to.be.revertedWithCustomError(rewards, "NotTheNextRank")
        .withArgs(1, next);
  });

  it("refuses anybody's claim without the account's own signature of season, receiver and amount", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, terms, other, stranger } = p;
    const [account, another] = [signerAt(p, 2), signerAt(p, 3)];
    const right = { to: other.address, amount: 150 };
    const signatures = [
      await signClaim(p, stranger, { ...right, account: account.address }),
      await signClaim(p, another, right),
      await signClaim(p, account, { ...right, seasonId: 2 }),
      await signClaim(p, account, { ...right, to: stranger.address }),
      await signClaim(p, account, { ...right, amount: 151 }),
      "0x",
    ];
    const digest = await digestOf(p, { ...right, account: account.address });
    for (const signature of signatures)
      await expect(rewards.connect(stranger).claim(1, terms, claimAt(p, 2), other, signature))
        .to.be.revertedWithCustomError(rewards, "NotSignedByAccount")
        .withArgs(account, digest);
    const signature = await signClaim(p, account, right);
    await expect(
      rewards.connect(stranger).claim(1, terms, claimAt(p, 2, 5), other, signature),
    ).to.be.revertedWithCustomError(rewards, "NotSignedByAccount");
  });

  it("refuses what a contract account didn't sign, also by the key that its address had", async () => {
    const p = await networkHelpers.loadFixture(wallet);
    const { rewards, terms, other, account, right } = p;
    await account.sign(await digestOf(p, { ...right, amount: 151 }), "0x1271");
    await account.sign(await digestOf(p, { ...right, to: p.stranger.address }), "0x1271");

    const digest = await digestOf(p, right);
    for (const signature of ["0x1271", "0x", await signClaim(p, signerAt(p, 2), right)])
      await expect(rewards.claim(1, terms, claimAt(p, 2), other, signature))
        .to.be.revertedWithCustomError(rewards, "NotSignedByAccount")
        .withArgs(account, digest);
  });

  it("refuses a second claim, signed or not", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, terms, other } = p;
    const account = signerAt(p, 1);
    const signature = await signClaim(p, account, { to: other.address, amount: 600 });
    await rewards.claim(1, terms, claimAt(p, 1), other, signature);

    await expect(claim(p, 1)).to.be.revertedWithCustomError(rewards, "RewardAlreadyClaimed").withArgs(1, account);
    await expect(rewards.claim(1, terms, claimAt(p, 1), other, signature))
      .to.be.revertedWithCustomError(rewards, "RewardAlreadyClaimed")
      .withArgs(1, account);
  });

  it("refuses accounts whose places have no prize, or who have no points where these share the pool", async () => {
    const ranked = await finalSeason(ethers, networkHelpers, { pool: 3, prizes: [{ places: 3, amount: 1 }] });
    await expect(claim(ranked, 4))
      .to.be.revertedWithCustomError(ranked.rewards, "NoReward")
      .withArgs(1, signerAt(ranked, 4));
    const p = await networkHelpers.loadFixture(shared);
    await expect(claim(p, 5)).to.be.revertedWithCustomError(p.rewards, "NoReward").withArgs(1, signerAt(p, 5));
  });

  it("refuses everybody where nobody has points and these share the pool", async () => {
    const p = await protocol(ethers);
    const standings = await ethers.deployContract("Standings", [p.campaign]);
    const { rewards, token } = await deployRewards(ethers, { ...p, standings });
    const terms = termsOf(token, byPoints);
    const { closesAt } = await runSeason(p, networkHelpers, [], () => rewards.connect(p.organiser).escrow(1, terms));
    const order = rankAll([{ account: p.prover.address as `0x${string}`, points: 0n, lastSeq: 1n }]);
    await enterCrowd(networkHelpers, p.campaign, 1n, order);
    await networkHelpers.time.increaseTo(closesAt);
    await standings.freeze(1);
    await standings.post(1, 1, [p.prover]);

    const claimed = claimAt({ chunks: cutStandings(order, 1), order }, 1);
    await expect(rewards.connect(p.prover).claim(1, terms, claimed, p.prover, "0x"))
      .to.be.revertedWithCustomError(rewards, "NoReward")
      .withArgs(1, p.prover);
  });

  it("pays less, never more, where a later rank than the next is shown, or none", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { token } = p;

    // Places 2 to 4 and 1 to 6 instead of 2 to 3 and 1.
    await expect(claim(p, 2, 5)).to.changeTokenBalance(ethers, token, signerAt(p, 2), Math.floor((200 + 101 + 10) / 3));
    await expect(claim(p, 1, 0)).to.changeTokenBalance(ethers, token, signerAt(p, 1), Math.floor(921 / 6));
  });

  it("keeps other claims possible while the token refuses one of them", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token } = p;
    await token.setManners(true, false, false);
    await expect(claim(p, 1)).to.be.revertedWithCustomError(token, "TokenReverts").withArgs();
    await token.setManners(false, true, false);
    await expect(claim(p, 1)).to.be.revertedWithCustomError(rewards, "SafeERC20FailedOperation").withArgs(token);
    await token.setManners(false, false, true);

    expect(await rewards.isClaimed(1, 1)).to.equal(false);
    await expect(claim(p, 2)).to.changeTokenBalance(ethers, token, signerAt(p, 2), 150);
  });

  it("pays once though the token calls back", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token, terms } = p;
    const account = signerAt(p, 1);
    const signature = await signClaim(p, account, { to: account.address, amount: 600 });
    const again = rewards.interface.encodeFunctionData("claim", [1, terms, claimAt(p, 1), account.address, signature]);
    await token.onNextTransfer(rewards, again);

    const refusal = rewards.interface.encodeErrorResult("RewardAlreadyClaimed", [1, account.address]);
    const sent = claim(p, 1);
    await expect(sent).to.emit(token, "CalledBack").withArgs(false, refusal);
    await expect(sent).to.changeTokenBalances(ethers, token, [account, rewards], [600, -600]);
  });

  it("pays every account by its rank, and equal points the same", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token, order } = p;
    for (const [i, amount] of AMOUNTS.entries()) {
      const sent = claim(p, i + 1);
      await expect(sent)
        .to.emit(rewards, "RewardClaimed")
        .withArgs(1, signerAt(p, i + 1), order[i]?.rank, amount);
      await expect(sent).to.changeTokenBalances(ethers, token, [signerAt(p, i + 1), rewards], [amount, -amount]);
      expect(await rewards.isClaimed(1, i + 1)).to.equal(true);
    }
    expect(await rewards.heldOf(1)).to.equal(971 - AMOUNTS.reduce((a, b) => a + b));
  });

  it("shares a pool by points, rounded down", async () => {
    const p = await networkHelpers.loadFixture(shared);
    for (const [i, amount] of [476, 238, 238, 47].entries())
      await expect(claim(p, i + 1, 0)).to.changeTokenBalance(ethers, p.token, signerAt(p, i + 1), amount);
  });

  it("pays elsewhere as the account says, itself or by its signature", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token, terms, other, stranger } = p;
    await expect(rewards.connect(signerAt(p, 2)).claim(1, terms, claimAt(p, 2), stranger, "0x")).to.changeTokenBalance(
      ethers,
      token,
      stranger,
      150,
    );
    const signature = await signClaim(p, signerAt(p, 3), { to: stranger.address, amount: 150 });
    await expect(rewards.connect(other).claim(1, terms, claimAt(p, 3), stranger, signature)).to.changeTokenBalance(
      ethers,
      token,
      stranger,
      150,
    );
  });

  it("takes every form of an account's signature", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { rewards, token, terms, other, stranger } = p;
    const signature = await signClaim(p, signerAt(p, 3), { to: stranger.address, amount: 150 });
    const snapshot = await networkHelpers.takeSnapshot();
    for (const form of Object.values(formsOf(signature))) {
      await expect(rewards.connect(other).claim(1, terms, claimAt(p, 3), stranger, form)).to.changeTokenBalance(
        ...[ethers, token, stranger, 150],
      );
      await snapshot.restore();
    }
  });

  it("pays an account with a contract's code (EIP-7702) by the signature of its key, and by its code's", async () => {
    const p = await networkHelpers.loadFixture(wallet);
    const { rewards, token, terms, other, stranger, account, right } = p;
    const code = await ethers.deployContract("MockWallet");
    await networkHelpers.setCode(right.account, ethers.concat(["0xef0100", String(code.target)]));
    await account.sign(await digestOf(p, right), "0x1271");
    const snapshot = await networkHelpers.takeSnapshot();
    for (const signature of [await signClaim(p, signerAt(p, 2), right), "0x1271"]) {
      const sent = rewards.connect(stranger).claim(1, terms, claimAt(p, 2), other, signature);
      await expect(sent).to.changeTokenBalance(ethers, token, other, 150);
      await snapshot.restore();
    }
  });

  it("pays by a contract account's own signature (ERC-1271)", async () => {
    const p = await networkHelpers.loadFixture(wallet);
    const { rewards, token, terms, other, stranger, account, right } = p;
    await account.sign(await digestOf(p, right), "0x1271");
    const sent = rewards.connect(stranger).claim(1, terms, claimAt(p, 2), other, "0x1271");

    await expect(sent).to.emit(rewards, "RewardClaimed").withArgs(1, account, 2, 150);
    await expect(sent).to.changeTokenBalance(ethers, token, other, 150);
  });
});
