import { expect } from "chai";
import { network } from "hardhat";
import { addressOf } from "../fixtures.ts";
import { ETH, requestOf } from "../InferenceRequests/asked.ts";
import { funded } from "./funded.ts";

const { ethers, networkHelpers } = await network.create();

const REENTERED = ethers.id("ReentrancyGuardReentrantCall()").slice(0, 10);

describe("PullPayments, paying in", () => {
  const fixture = () => funded(ethers, networkHelpers);

  /** A request of 5,000 in the token. */
  const pay = async (p: Awaited<ReturnType<typeof fixture>>, token: unknown = p.token.target) =>
    p.requests.connect(p.requester).request(await requestOf(p, { token, nonce: 5n }), "0x");

  it("refuses a token that takes a fee", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.token.setFee(1);

    await expect(pay(p)).to.be.revertedWithCustomError(p.requests, "WrongAmount").withArgs(4_999, 5_000);
  });

  it("refuses a token that reverts, returns false, lies or isn't one", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.token.setManners(true, false, false);
    await expect(pay(p)).to.be.revertedWithCustomError(p.token, "TokenReverts").withArgs();
    await p.token.setManners(false, true, false);
    await expect(pay(p)).to.be.revertedWithCustomError(p.requests, "SafeERC20FailedOperation").withArgs(p.token);
    await p.token.setManners(false, false, false);
    await p.token.setLie(1);
    await expect(pay(p)).to.be.revertedWithCustomError(p.requests, "WrongAmount");

    for (const target of [p.stranger.address, p.cover.target]) await expect(pay(p, target)).to.be.revert(ethers);
  });

  it("takes a token that returns nothing", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await p.token.setManners(false, false, true);

    await expect(pay(p)).to.changeTokenBalance(ethers, p.token, p.requests, 5_000);
  });

  it("refuses to count the same money twice", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const again = await requestOf(p, { token: p.token.target, nonce: 6n, requester: addressOf(p.token) });
    await p.token.onNextTransfer(p.requests, p.requests.interface.encodeFunctionData("request", [again, "0x"]));

    await expect(pay(p)).to.emit(p.token, "CalledBack").withArgs(false, REENTERED);
  });

  it("refuses a payment within which the same token is withdrawn", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requests, token, requester } = p;
    await token.onNextTransfer(
      requests,
      requests.interface.encodeFunctionData("withdraw", [token.target as string, requester.address]),
    );

    await expect(pay(p)).to.be.revertedWithCustomError(requests, "WrongAmount");
    expect(await requests.balanceOf(token, requester)).to.equal(5_000);
  });

  it("takes a payment within which another token is withdrawn", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requests, token, requester } = p;
    await token.onNextTransfer(requests, requests.interface.encodeFunctionData("withdraw", [ETH, requester.address]));

    await expect(pay(p)).to.emit(token, "CalledBack").withArgs(true, "0x");
    expect(await requests.balanceOf(ETH, requester)).to.equal(0);
  });
});
