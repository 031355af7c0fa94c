import { expect } from "chai";
import { network } from "hardhat";
import {
  accept,
  answered,
  ask,
  decide,
  ETH,
  FLOOR,
  HOUR,
  refute,
  requestOf,
  requestsProtocol,
  State,
  Status,
  settle,
  verified,
  wrongTrace,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.accept", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);

  it("refuses a request that nobody made, or one with a field changed", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);
    const changed = { ...asked, fee: asked.fee + 1n };

    await expect(accept(p, changed))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(await p.requests.requestIdOf(changed), State.None);
  });

  it("refuses a request that another has accepted, or that has ended", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);
    await accept(p, asked);
    const { until } = await p.requests.recordOf(await p.requests.requestIdOf(asked));

    await expect(accept(p, asked, p.rival))
      .to.be.revertedWithCustomError(p.requests, "StillAnswering")
      .withArgs(until);
    await expect(accept(p, asked)).to.be.revertedWithCustomError(p.requests, "StillAnswering").withArgs(until);

    const other = await requestOf(p, { nonce: 2n });
    const requestId = await ask(p, other);
    await p.requests.connect(p.requester).cancel(other);
    await expect(accept(p, other))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(requestId, State.Cancelled);
  });

  it("refuses an account that isn't among the provers", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p, { provers: [p.rival.address, p.prover.address] });
    const requestId = await ask(p, asked);

    await expect(accept(p, asked, p.stranger))
      .to.be.revertedWithCustomError(p.requests, "MayNotAnswer")
      .withArgs(requestId, p.stranger);
    await accept(p, asked);
  });

  it("refuses a prover that let its time pass, in the call that finds that out too", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    await networkHelpers.time.increase(HOUR);

    await expect(accept(p, asked))
      .to.be.revertedWithCustomError(p.requests, "MayNotAnswer")
      .withArgs(requestId, p.prover);
    await p.requests.lapse(asked);
    await expect(accept(p, asked))
      .to.be.revertedWithCustomError(p.requests, "MayNotAnswer")
      .withArgs(requestId, p.prover);
    expect(await p.requests.isOut(requestId, p.prover)).to.equal(true);
  });

  it("refuses a prover whose answer was refuted, and takes one whose answer ended Void", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, verified);
    await decide(p, made.uid, Status.Void);
    await settle(p, asked, made);
    await accept(p, asked);

    const fraud = await answered(p, { ...verified, methods: 8n, nonce: 2n }, { trace: wrongTrace });
    await refute(p, fraud.made);
    await settle(p, fraud.asked, fraud.made);
    await expect(accept(p, fraud.asked))
      .to.be.revertedWithCustomError(p.requests, "MayNotAnswer")
      .withArgs(fraud.requestId, p.prover);
    expect(await p.requests.isOut(requestId, p.prover)).to.equal(false);
  });

  it("refuses when too little time is left", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);
    await networkHelpers.time.setNextBlockTimestamp(asked.deadline - BigInt(HOUR) + 1n);

    await expect(accept(p, asked))
      .to.be.revertedWithCustomError(p.requests, "TooLate")
      .withArgs(asked.deadline, asked.deadline + 1n);
  });

  it("takes a prover whose time ends with the deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await networkHelpers.time.setNextBlockTimestamp(asked.deadline - BigInt(HOUR));

    await expect(accept(p, asked)).to.emit(p.requests, "RequestAccepted").withArgs(requestId, p.prover, asked.deadline);
    expect(await p.requests.recordOf(requestId)).to.deep.equal([
      BigInt(State.Accepted),
      p.prover.address,
      asked.deadline,
      ethers.ZeroHash,
    ]);
  });

  it("refuses another value than the deposit", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);

    for (const value of [1_999n, 2_001n])
      await expect(p.requests.connect(p.prover).accept(asked, { value }))
        .to.be.revertedWithCustomError(p.requests, "WrongValue")
        .withArgs(value, 2_000);
  });

  const deposits: Record<string, [object, bigint, bigint]> = {
    "a tenth of the cover": [{ cover: 20_009n }, 2_000n, 0n],
    "the floor, if a tenth of the cover is less": [{ cover: 9_999n }, FLOOR, 0n],
    "the floor, if nothing is covered": [verified, FLOOR, 0n],
  };
  for (const [what, [fields, inEth]] of Object.entries(deposits))
    it(`holds ${what}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const asked = await requestOf(p, fields);
      await ask(p, asked);

      await expect(accept(p, asked)).to.changeEtherBalances(ethers, [p.prover, p.requests], [-inEth, inEth]);
      expect(await p.requests.depositOf(asked)).to.deep.equal([inEth, 0n]);
    });

  it("holds a tenth of the cover in the request's token, and the floor in ETH", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p, { token: p.token.target, cover: 99_999n });
    await ask(p, asked);

    const sent = await accept(p, asked);
    await expect(sent).to.changeEtherBalances(ethers, [p.prover, p.requests], [-FLOOR, FLOOR]);
    await expect(sent).to.changeTokenBalances(ethers, p.token, [p.prover, p.requests], [-9_999, 9_999]);
    expect(await p.requests.depositOf(asked)).to.deep.equal([FLOOR, 9_999n]);
  });

  it("takes the next prover once the first one's time is over, and the first one's deposit is the requester's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    const requestId = await ask(p, asked);
    await accept(p, asked);
    await networkHelpers.time.increase(HOUR);

    await expect(accept(p, asked, p.rival))
      .to.emit(p.requests, "AcceptanceLapsed")
      .withArgs(requestId, p.prover)
      .and.to.emit(p.requests, "Credited")
      .withArgs(p.requester, ETH, 2_000);
    expect((await p.requests.recordOf(requestId)).prover).to.equal(p.rival.address);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(2_000);
  });

  it("costs many accounts in turn a deposit each, until the deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const asked = await requestOf(p);
    await ask(p, asked);
    const griefers = (await ethers.getSigners()).slice(-9);
    let taken = 0n;
    for (const griefer of griefers) {
      await accept(p, asked, griefer);
      taken += 2_000n;
      await networkHelpers.time.increase(HOUR);
    }

    await expect(accept(p, asked, p.prover)).to.be.revertedWithCustomError(p.requests, "TooLate");
    await p.requests.connect(p.requester).cancel(asked);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(taken + asked.fee);
  });
});
