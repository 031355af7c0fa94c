import { expect } from "chai";
import { network } from "hardhat";
import { ETH } from "../InferenceRequests/asked.ts";
import { funded } from "./funded.ts";

const { ethers, networkHelpers } = await network.create();

describe("PullPayments.withdrawTo", () => {
  const fixture = () => funded(ethers, networkHelpers);

  it("refuses an account that has nothing", async () => {
    const { requests, stranger } = await networkHelpers.loadFixture(fixture);

    await expect(requests.connect(stranger).withdrawTo(ETH, stranger))
      .to.be.revertedWithCustomError(requests, "NothingToWithdraw")
      .withArgs(stranger, ETH);
  });

  it("pays all that the sender has to another account", async () => {
    const { requests, requester, stranger } = await networkHelpers.loadFixture(fixture);

    const sent = requests.connect(requester).withdrawTo(ETH, stranger);
    await expect(sent).to.emit(requests, "Withdrawn").withArgs(requester, ETH, stranger, 5_000);
    await expect(sent).to.changeEtherBalances(ethers, [requests, requester, stranger], [-5_000, 0, 5_000]);
  });
});
