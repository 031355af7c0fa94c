import { expect } from "chai";
import { network } from "hardhat";
import { addressOf } from "../fixtures.ts";
import { answered, ask, ETH, refute, requestOf, wrongTrace } from "../InferenceRequests/asked.ts";
import { funded } from "./funded.ts";

const { ethers, networkHelpers } = await network.create();

describe("PullPayments.withdraw", () => {
  const fixture = () => funded(ethers, networkHelpers);

  it("refuses an account that has nothing of a token, or nothing any more", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requests, token, requester, stranger } = p;

    await expect(requests.withdraw(token, stranger))
      .to.be.revertedWithCustomError(requests, "NothingToWithdraw")
      .withArgs(stranger, token);
    await requests.withdraw(token, requester);
    await expect(requests.withdraw(token, requester))
      .to.be.revertedWithCustomError(requests, "NothingToWithdraw")
      .withArgs(requester, token);
  });

  it("pays an account all that it has of a token, whoever calls", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requests, token, requester, stranger } = p;

    const sent = requests.connect(stranger).withdraw(ETH, requester);
    await expect(sent).to.emit(requests, "Withdrawn").withArgs(requester, ETH, requester, 5_000);
    await expect(sent).to.changeEtherBalances(ethers, [requests, requester], [-5_000, 5_000]);
    await expect(requests.connect(stranger).withdraw(token, requester)).to.changeTokenBalances(
      ethers,
      token,
      [requests, requester],
      [-5_000, 5_000],
    );
    expect(await requests.balanceOf(ETH, requester)).to.equal(0);
  });

  it("stops nobody else where an account refuses ETH, and leaves it its money", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const wallet = await ethers.deployContract("MockWallet");
    const { asked, made } = await answered(p, { beneficiary: addressOf(wallet), nonce: 3n }, { trace: wrongTrace });
    await refute(p, made);
    await p.requests.settle(asked, made.uid, made.output);

    await expect(p.cover.withdraw(ETH, wallet)).to.be.revertedWithCustomError(p.cover, "FailedCall").withArgs();
    expect(await p.cover.balanceOf(ETH, wallet)).to.equal(asked.cover);
    await expect(p.requests.withdraw(ETH, p.prover)).to.changeEtherBalance(ethers, p.prover, 7_000);
  });

  it("pays once, though the account calls back", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const reenterer = await ethers.deployContract("Reenterer");
    await networkHelpers.impersonateAccount(addressOf(reenterer));
    await networkHelpers.setBalance(addressOf(reenterer), 10n ** 18n);
    const own = { ...p, requester: await ethers.getSigner(addressOf(reenterer)) };
    const asked = await requestOf(own, { nonce: 3n });
    await ask(own, asked);
    await p.requests.connect(own.requester).cancel(asked);
    const again = p.requests.interface.encodeFunctionData("withdraw", [ETH, addressOf(reenterer)]);
    await reenterer.onNextPayment(p.requests, again);

    const sent = p.requests.withdraw(ETH, reenterer);
    await expect(sent)
      .to.emit(reenterer, "Refused")
      .withArgs(p.requests.interface.encodeErrorResult("NothingToWithdraw", [addressOf(reenterer), ETH]));
    await expect(sent).to.changeEtherBalance(ethers, p.requests, -5_000);
  });

  it("pays once, though the token calls back", async () => {
    const { requests, token, requester } = await networkHelpers.loadFixture(fixture);
    await token.onNextTransfer(
      requests,
      requests.interface.encodeFunctionData("withdraw", [token.target as string, requester.address]),
    );

    const sent = requests.withdraw(token, requester);
    await expect(sent)
      .to.emit(token, "CalledBack")
      .withArgs(
        false,
        requests.interface.encodeErrorResult("NothingToWithdraw", [requester.address, token.target as string]),
      );
    await expect(sent).to.changeTokenBalances(ethers, token, [requests, requester], [-5_000, 5_000]);
  });

  it("leaves an account its money where the token reverts or returns false", async () => {
    const { requests, token, requester } = await networkHelpers.loadFixture(fixture);

    await token.setManners(true, false, false);
    await expect(requests.withdraw(token, requester)).to.be.revertedWithCustomError(token, "TokenReverts").withArgs();
    await token.setManners(false, true, false);
    await expect(requests.withdraw(token, requester))
      .to.be.revertedWithCustomError(requests, "SafeERC20FailedOperation")
      .withArgs(token);
    expect(await requests.balanceOf(token, requester)).to.equal(5_000);
    await token.setManners(false, false, true);
    await expect(requests.withdraw(token, requester)).to.changeTokenBalance(ethers, token, requester, 5_000);
  });

  it("is short in a token that shrinks balances for who comes last, and in no other", async () => {
    const { requests, token, requester, owe } = await networkHelpers.loadFixture(fixture);
    const plain = await ethers.deployContract("MockToken");
    await plain.mint(requester, 5_000);
    await plain.connect(requester).approve(requests, 5_000);
    await owe(plain.target as string, 3n);
    await token.shrink(requests, 5_001);

    await expect(requests.withdraw(token, requester))
      .to.be.revertedWithCustomError(token, "ERC20InsufficientBalance")
      .withArgs(requests, 4_999, 5_000);
    await requests.withdraw(plain, requester);
    await requests.withdraw(ETH, requester);
  });
});
