import { expect } from "chai";
import { network } from "hardhat";
import {
  accept,
  answer,
  answered,
  calling,
  decide,
  ETH,
  Finality,
  FLOOR,
  HOUR,
  ready,
  refute,
  requestOf,
  requestsProtocol,
  State,
  Status,
  settle,
  verified,
  verify,
  wrongTrace,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.settle", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);
  const wrong = { trace: wrongTrace };

  it("refuses a request that isn't answered, or is settled", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p);
    const refusal = (state: number) =>
      expect(settle(p, asked, made))
        .to.be.revertedWithCustomError(p.requests, "WrongState")
        .withArgs(requestId, state);

    await refusal(State.Accepted);
    await answer(p, asked, made);
    await verify(p, made);
    await settle(p, asked, made);
    await refusal(State.Verified);
  });

  it("refuses another attestation and another output", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await answered(p);
    const other = await answered(p, { nonce: 2n }, wrong);
    await verify(p, made);

    for (const [uid, output] of [
      [other.made.uid, made.output],
      [made.uid, other.made.output],
      [made.uid, `${made.output}00`],
    ] as const)
      await expect(p.requests.settle(asked, uid, output))
        .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
        .withArgs(uid, "answer");
  });

  it("refuses while the attestation isn't final", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const fields of [verified, {}]) {
      const { asked, made } = await answered(p, fields);
      await expect(settle(p, asked, made))
        .to.be.revertedWithCustomError(p.cover, "AttestationNotFinal")
        .withArgs(made.uid);
    }
  });

  it("pays and delivers an answer that is Verified, also past the deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, { ...verified, token: p.token.target });
    await networkHelpers.time.increase(20 * HOUR);
    await decide(p, made.uid, Status.Verified);

    await expect(settle(p, asked, made))
      .to.emit(p.requests, "AnswerSettled")
      .withArgs(requestId, made.uid, Status.Verified, State.Verified)
      .and.to.emit(p.requests, "AnswerDelivered")
      .withArgs(requestId, made.uid, p.prover, Finality.Verified, asked.fee);
    expect(await p.requests.balanceOf(p.token, p.prover)).to.equal(asked.fee);
  });

  it("opens a request again whose answer is Void: the same prover may try again", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, verified);
    await decide(p, made.uid, Status.Void);

    await expect(settle(p, asked, made))
      .to.emit(p.requests, "AnswerSettled")
      .withArgs(requestId, made.uid, Status.Void, State.Open);
    const { state, prover, answer: kept } = await p.requests.recordOf(requestId);
    expect([Number(state), prover, kept]).to.deep.equal([State.Open, ETH, ethers.ZeroHash]);
    expect(await p.requests.isOut(requestId, p.prover)).to.equal(false);

    await accept(p, asked);
    await expect(answer(p, asked, made))
      .to.be.revertedWithCustomError(p.requests, "NotAnAnswer")
      .withArgs(made.uid, "status");
  });

  it("opens a request again whose answer is Refuted, without its prover; the fee is held", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, { ...verified, methods: 8n }, wrong);
    await refute(p, made);

    await expect(settle(p, asked, made))
      .to.emit(p.requests, "AnswerSettled")
      .withArgs(requestId, made.uid, Status.Refuted, State.Open);
    expect(await p.requests.isOut(requestId, p.prover)).to.equal(true);
    expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(FLOOR);
    await accept(p, asked, p.rival);
  });

  it("lets a request end whose answer fell past its deadline", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await answered(p, verified);
    await networkHelpers.time.increase(20 * HOUR);
    await decide(p, made.uid, Status.Refuted);
    await settle(p, asked, made);

    await p.requests.connect(p.stranger).cancel(asked);
    expect(await p.requests.balanceOf(ETH, p.requester)).to.equal(asked.fee);
  });

  it("pays nothing more for a covered answer that is Verified, and calls nobody", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, calling(p));
    await verify(p, made);
    const before = await p.requests.balanceOf(ETH, p.prover);

    const sent = settle(p, asked, made);
    await expect(sent)
      .to.emit(p.requests, "AnswerSettled")
      .withArgs(requestId, made.uid, Status.Verified, State.Verified);
    await expect(sent).to.not.emit(p.requests, "CalledBack");
    await expect(sent).to.not.emit(p.requests, "AnswerDelivered");
    expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(before);
    expect(await p.cover.coverOf(made.uid, p.requester, ETH)).to.equal(asked.cover);
  });

  for (const isSettled of [false, true])
    it(`tells of a covered answer that fell, once its cover is paid${isSettled ? ", by somebody before" : ""}`, async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { asked, requestId, made } = await answered(p, calling(p), wrong);
      await refute(p, made);
      if (isSettled) await p.cover.settle(made.uid, p.requester, ETH);

      await expect(settle(p, asked, made))
        .to.emit(p.requests, "AnswerSettled")
        .withArgs(requestId, made.uid, Status.Refuted, State.Fallen)
        .and.to.emit(p.requests, "CalledBack")
        .withArgs(requestId, p.consumer, true)
        .and.to.emit(p.consumer, "RefutalSeen");
      expect(await p.cover.balanceOf(ETH, p.requester)).to.equal(asked.cover);
      expect(await p.requests.balanceOf(ETH, p.prover)).to.equal(asked.fee + 2_000n);
    });

  it("pays all that was locked for the beneficiary, more than was asked too, and nobody else's", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, made } = await ready(p, { beneficiary: p.stranger.address, token: p.token.target }, wrong);
    await p.cover.connect(p.prover).lock(made.uid, p.stranger, p.token, 7);
    await p.cover.connect(p.prover).lock(made.uid, p.rival, p.token, 11);
    await answer(p, asked, made);
    await refute(p, made);
    await settle(p, asked, made);

    expect(await p.cover.balanceOf(p.token, p.stranger)).to.equal(asked.cover + 7n);
    expect(await p.cover.coverOf(made.uid, p.rival, p.token)).to.equal(11);
  });

  it("has no money for a request that nobody made", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { made } = await answered(p);
    const unasked = await requestOf(p, { nonce: 9n });

    await expect(settle(p, unasked, made))
      .to.be.revertedWithCustomError(p.requests, "WrongState")
      .withArgs(await p.requests.requestIdOf(unasked), State.None);
  });
});
