import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  type Asked,
  answer,
  answered,
  decide,
  Finality,
  type Made,
  ready,
  refute,
  requestsProtocol,
  Status,
  settle,
  verified,
  verify,
  wrongTrace,
} from "./asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("InferenceRequests.isAnswer", () => {
  const fixture = () => requestsProtocol(ethers, networkHelpers);

  /** Whether it is one with each finality: covered, verified. */
  const asAnswers = ({ requests }: Asked, requestId: string, { uid, output }: Made) =>
    Promise.all(
      [Finality.Covered, Finality.Verified].map((finality) => requests.isAnswer(requestId, uid, output, finality)),
    );

  it("says no of an unknown request, another attestation and another output", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requestId, made } = await answered(p);
    await verify(p, made);

    expect(await asAnswers(p, hash("unknown"), made)).to.deep.equal([false, false]);
    expect(await asAnswers(p, requestId, { ...made, uid: hash("another") })).to.deep.equal([false, false]);
    expect(await asAnswers(p, requestId, { ...made, output: `${made.output}00` })).to.deep.equal([false, false]);
    expect(await asAnswers(p, requestId, made)).to.deep.equal([true, true]);
  });

  it("says no before the answer is given", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requestId, made } = await ready(p);

    expect(await asAnswers(p, requestId, made)).to.deep.equal([false, false]);
  });

  it("says of a covered answer that it is covered, then verified, also before somebody settles", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p);

    expect(await asAnswers(p, requestId, made)).to.deep.equal([true, false]);
    await verify(p, made);
    expect(await asAnswers(p, requestId, made)).to.deep.equal([true, true]);
    await settle(p, asked, made);
    expect(await asAnswers(p, requestId, made)).to.deep.equal([true, true]);
  });

  it("says no from the moment that a covered answer is refuted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, {}, { trace: wrongTrace });
    await refute(p, made);

    expect(await asAnswers(p, requestId, made)).to.deep.equal([false, false]);
    await settle(p, asked, made);
    expect(await asAnswers(p, requestId, made)).to.deep.equal([false, false]);
  });

  it("says of an answer that waits to be verified that it isn't covered", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { requestId, made } = await answered(p, verified);

    expect(await asAnswers(p, requestId, made)).to.deep.equal([false, false]);
    await decide(p, made.uid, Status.Verified);
    expect(await asAnswers(p, requestId, made)).to.deep.equal([true, true]);
  });

  it("says no of an answer that ended Void, once the request is open again", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await answered(p, verified);
    await decide(p, made.uid, Status.Void);

    expect(await asAnswers(p, requestId, made)).to.deep.equal([false, false]);
    await settle(p, asked, made);
    expect(await asAnswers(p, requestId, made)).to.deep.equal([false, false]);
  });

  it("says yes of an answer that was Verified when it was given", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { asked, requestId, made } = await ready(p, verified);
    await decide(p, made.uid, Status.Verified);
    await answer(p, asked, made);

    expect(await asAnswers(p, requestId, made)).to.deep.equal([true, true]);
  });
});
