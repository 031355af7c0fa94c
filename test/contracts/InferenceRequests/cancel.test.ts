import { expect } from "chai";
import { network } from "hardhat";
import {
  accept,
  answered,
  ask,
  ETH,
  HOUR,
  requestOf,
  requestsProtocol,
  State,
  settle,
  verified,
  verify,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.cancel", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);

  it("refuses a request that nobody made, and one that has ended", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await p.requests.requestIdOf(asked);
    const cancel = () => p.requests.connect(p.requester).cancel(asked);

    await expect(cancel()).to.be.revertedWithCustomError(p.requests, "WrongState").withArgs(requestId, State.None);
    await ask(p, asked);
    await cancel();
    await expect(cancel()).to.be.revertedWithCustomError(p.requests, "WrongState").withArgs(requestId, State.Cancelled);
  });

  it("refuses a request while its prover has time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    const { until } = await p.requests.recordOf(requestId);
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(p.requests.connect(p.requester).cancel(asked))
      .to.be.revertedWithCustomError(p.requests, "StillAnswering")
      .withArgs(until);
  });

  it("refuses an answered request, waiting, covered, verified or fallen", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const refusal = async (asked: Awaited<ReturnType<typeof requestOf>>, state: number) =>
      expect(p.requests.connect(p.requester).cancel(asked))
        .to.be.revertedWithCustomError(p.requests, "WrongState")
        .withArgs(await p.requests.requestIdOf(asked), state);
    const waiting = await answered(p, verified);
    const covered = await answered(p, { nonce: 2n });

    await networkHelpers.time.increase(20 * HOUR);
    await refusal(waiting.asked, State.Answered);
    await refusal(covered.asked, State.Covered);
    await verify(p, covered.made);
    await settle(p, covered.asked, covered.made);
    await refusal(covered.asked, State.Verified);
  });

  it("refuses anybody but the requester before the deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await networkHelpers.time.setNextBlockTimestamp(asked.deadline - 1n);

    await expect(p.requests.connect(p.stranger).cancel(asked))
      .to.be.revertedWithCustomError(p.requests, "NotTheRequester")
      .withArgs(p.stranger, p.requester);
    await networkHelpers.time.setNextBlockTimestamp(asked.deadline);
    await expect(p.requests.connect(p.stranger).cancel(asked))
      .to.emit(p.requests, "RequestCancelled")
      .withArgs(requestId);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(asked.fee);
  });

  it("gives the fee back, in ETH or a token", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const token of [ETH, p.token.target as string]) {
      const asked = await requestOf(p, { token });
      const requestId = await ask(p, asked);

      await expect(p.requests.connect(p.requester).cancel(asked))
        .to.emit(p.requests, "RequestCancelled")
        .withArgs(requestId)
        .and.to.emit(p.requests, "Credited")
        .withArgs(p.requester, token, asked.fee);
      expect((await p.requests.recordOf(requestId)).state).to.equal(State.Cancelled);
      expect(await p.requests.balanceOf(token, p.requester)).to.equal(asked.fee);
    }
  });

  it("writes nothing down where there was no fee", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p, { fee: 0n });
    await ask(p, asked);

    await expect(p.requests.connect(p.requester).cancel(asked)).to.not.emit(p.requests, "Credited");
  });

  it("takes the deposit too where the prover let its time pass", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    await networkHelpers.time.increase(HOUR);

    await expect(p.requests.connect(p.requester).cancel(asked))
      .to.emit(p.requests, "AcceptanceLapsed")
      .withArgs(requestId, p.prover);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(asked.fee + 2_000n);
  });
});
