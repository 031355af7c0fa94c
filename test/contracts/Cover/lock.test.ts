import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  answerTo,
  attest,
  decide,
  ETH,
  HOUR,
  MOCK,
  refute,
  requestOf,
  requestsProtocol,
  Status,
  wrongTrace,
} from "../InferenceRequests/asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("Cover.lock", () => {
  /** A pending attestation of `prover` under FraudProof. */
  async function fixture() {
    const p = await requestsProtocol(ethers, networkHelpers);
    const asked = await requestOf(p);
    const made = await answerTo(p, asked, { trace: wrongTrace });
    await attest(p, made);
    return { ...p, asked, made, uid: made.uid, cover: p.cover.connect(p.prover), beneficiary: p.stranger };
  }

  it("refuses no amount and no beneficiary", async () => {
    const { cover, uid, beneficiary } = await networkHelpers.loadFixture(fixture);

    await expect(cover.lock(uid, beneficiary, ETH, 0))
      .to.be.revertedWithCustomError(cover, "NoAmount")
      .withArgs(uid);
    await expect(cover.lock(uid, ETH, ETH, 1, { value: 1 }))
      .to.be.revertedWithCustomError(cover, "NoBeneficiary")
      .withArgs(uid);
  });

  it("refuses an attestation that nobody made", async () => {
    const { cover, beneficiary } = await networkHelpers.loadFixture(fixture);

    await expect(cover.lock(hash("unknown"), beneficiary, ETH, 1, { value: 1 }))
      .to.be.revertedWithCustomError(cover, "CantCover")
      .withArgs(hash("unknown"), 0);
  });

  it("refuses one that is final: Verified, Refuted, Void or revoked", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { cover, asked } = p;
    const refusal = (uid: string, status: number) =>
      expect(cover.lock(uid, p.beneficiary, ETH, 1, { value: 1 }))
        .to.be.revertedWithCustomError(cover, "CantCover")
        .withArgs(uid, status);
    const revoked = await answerTo(p, asked, { salt: hash("revoked") });
    await p.registry.connect(p.prover).revoke(revoked.attestation);
    await refusal(revoked.uid, 5);
    const ended = await answerTo(p, asked, { method: MOCK });
    await attest(p, ended);
    await decide(p, ended.uid, Status.Void);
    await refusal(ended.uid, Status.Void);
    await refute(p, p.made);
    await refusal(p.uid, Status.Refuted);
    const right = await answerTo(p, asked);
    await attest(p, right);
    await networkHelpers.time.increase(HOUR);
    await p.fraud.settle(right.uid);
    await refusal(right.uid, Status.Verified);
  });

  it("refuses another account than the prover", async () => {
    const { cover, registry, uid, beneficiary, prover, rival } = await networkHelpers.loadFixture(fixture);

    await expect(cover.connect(rival).lock(uid, beneficiary, ETH, 1, { value: 1 }))
      .to.be.revertedWithCustomError(registry, "NotTheProver")
      .withArgs(rival, prover);
  });

  it("refuses what its method may end Void, and what has no method", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const method of [MOCK, 0]) {
      const made = await answerTo(p, p.asked, { method });
      await attest(p, made);
      await expect(p.cover.lock(made.uid, p.beneficiary, ETH, 1, { value: 1 }))
        .to.be.revertedWithCustomError(p.cover, "MethodCanVoid")
        .withArgs(made.uid, method);
    }
  });

  it("refuses another value than the amount, and any with a token", async () => {
    const { cover, token, uid, beneficiary } = await networkHelpers.loadFixture(fixture);

    for (const value of [0, 9, 11])
      await expect(cover.lock(uid, beneficiary, ETH, 10, { value }))
        .to.be.revertedWithCustomError(cover, "WrongValue")
        .withArgs(value, 10);
    await expect(cover.lock(uid, beneficiary, token, 10, { value: 10 }))
      .to.be.revertedWithCustomError(cover, "WrongValue")
      .withArgs(10, 0);
  });

  it("holds the money for the beneficiary, in ETH or a token; more is added", async () => {
    const { cover, token, uid, beneficiary, prover } = await networkHelpers.loadFixture(fixture);

    const sent = cover.lock(uid, beneficiary, ETH, 10, { value: 10 });
    await expect(sent).to.emit(cover, "CoverLocked").withArgs(uid, beneficiary, ETH, prover, 10);
    await expect(sent).to.changeEtherBalances(ethers, [prover, cover], [-10, 10]);
    await expect(cover.lock(uid, beneficiary, token, 7)).to.changeTokenBalances(
      ethers,
      token,
      [prover, cover],
      [-7, 7],
    );
    await cover.lock(uid, beneficiary, ETH, 5, { value: 5 });
    expect(await cover.coverOf(uid, beneficiary, ETH)).to.equal(15);
    expect(await cover.coverOf(uid, beneficiary, token)).to.equal(7);
    expect(await cover.coverOf(uid, prover, ETH)).to.equal(0);
  });
});
