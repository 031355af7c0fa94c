import { expect } from "chai";
import { network } from "hardhat";
import { accept, answered, ask, ETH, FLOOR, HOUR, requestOf, requestsProtocol, State } from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.lapse", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);

  it("refuses a request that nobody has accepted, or that is answered", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    const covered = await answered(p, { nonce: 2n });
    await networkHelpers.time.increase(HOUR);

    await expect(p.requests.lapse(asked))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(requestId, State.Open);
    await expect(p.requests.lapse(covered.asked))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(covered.requestId, State.Covered);
  });

  it("refuses while the prover has time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    const { until } = await p.requests.recordOf(requestId);
    await networkHelpers.time.setNextBlockTimestamp(until - 1n);

    await expect(p.requests.lapse(asked)).to.be.revertedWithCustomError(p.requests, "StillAnswering").withArgs(until);
  });

  it("opens the request again; the deposit is the requester's, and the prover is out", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p, { token: p.token.target });
    const requestId = await ask(p, asked);
    await accept(p, asked);
    const { until } = await p.requests.recordOf(requestId);
    await networkHelpers.time.setNextBlockTimestamp(until);

    await expect(p.requests.connect(p.stranger).lapse(asked))
      .to.emit(p.requests, "AcceptanceLapsed")
      .withArgs(requestId, p.prover);
    const { state, prover } = await p.requests.recordOf(requestId);
    expect([Number(state), prover]).to.deep.equal([State.Open, ETH]);
    expect(await p.requests.isOut(requestId, p.prover)).to.equal(true);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(FLOOR);
    expect(await p.requests.balanceOf(p.token, p.requester)).to.equal(2_000);
    await accept(p, asked, p.rival);
  });

  it("takes a deposit once", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    await networkHelpers.time.increase(HOUR);
    await p.requests.lapse(asked);

    await expect(p.requests.lapse(asked))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(requestId, State.Open);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(2_000);
  });
});
