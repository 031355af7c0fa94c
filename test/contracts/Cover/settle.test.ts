import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  answerTo,
  attest,
  decide,
  ETH,
  MOCK,
  refute,
  requestOf,
  requestsProtocol,
  Status,
  verify,
  wrongTrace,
} from "../InferenceRequests/asked.ts";

const { ethers, networkHelpers } = await network.create();

describe("Cover.settle", () => {
  /** A right and a wrong attestation of `prover`, each with cover of 10 wei and of 7 tokens. */
  async function fixture() {
    const p = await requestsProtocol(ethers, networkHelpers);
    const asked = await requestOf(p);
    const right = await answerTo(p, asked);
    const wrong = await answerTo(p, asked, { trace: wrongTrace });
    for (const made of [right, wrong]) {
      await attest(p, made);
      await p.cover.connect(p.prover).lock(made.uid, p.stranger, ETH, 10, { value: 10 });
      await p.cover.connect(p.prover).lock(made.uid, p.stranger, p.token, 7);
    }
    return { ...p, right, wrong, asked, beneficiary: p.stranger };
  }

  it("refuses an attestation that isn't final, or that nobody made", async () => {
    const { cover, right, beneficiary } = await networkHelpers.loadFixture(fixture);

    for (const uid of [right.uid, hash("unknown")])
      await expect(cover.settle(uid, beneficiary, ETH))
        .to.be.revertedWithCustomError(cover, "AttestationNotFinal")
        .withArgs(uid);
  });

  it("refuses where nothing is locked, or nothing any more", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { cover, wrong, beneficiary, prover } = p;
    await refute(p, wrong);
    const refusal = (account: { address: string }) =>
      expect(cover.settle(wrong.uid, account.address, ETH))
        .to.be.revertedWithCustomError(cover, "NothingLocked")
        .withArgs(wrong.uid, account.address, ETH);

    await refusal(prover);
    await cover.settle(wrong.uid, beneficiary, ETH);
    await refusal(beneficiary);
  });

  it("returns all of it to the prover of what is Verified, whoever calls", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { cover, right, beneficiary, prover, token } = p;
    await verify(p, right);

    await expect(cover.connect(p.rival).settle(right.uid, beneficiary, ETH))
      .to.emit(cover, "CoverSettled")
      .withArgs(right.uid, beneficiary, ETH, prover, 10)
      .and.to.emit(cover, "Credited")
      .withArgs(prover, ETH, 10);
    expect(await cover.coverOf(right.uid, beneficiary, ETH)).to.equal(0);
    expect(await cover.coverOf(right.uid, beneficiary, token)).to.equal(7);
    expect(await cover.balanceOf(ETH, prover)).to.equal(10);
    await cover.settle(right.uid, beneficiary, token);
    expect(await cover.balanceOf(token, prover)).to.equal(7);
  });

  it("pays all of it to the beneficiary of what is Refuted, before anybody else can take it", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { cover, wrong, beneficiary, prover } = p;
    await refute(p, wrong);

    await expect(cover.connect(prover).settle(wrong.uid, beneficiary, ETH))
      .to.emit(cover, "CoverSettled")
      .withArgs(wrong.uid, beneficiary, ETH, beneficiary, 10);
    expect(await cover.balanceOf(ETH, prover)).to.equal(0);
    await expect(cover.withdraw(ETH, beneficiary)).to.changeEtherBalance(ethers, beneficiary, 10);
  });

  it("pays the beneficiary also if a method breaks its word and ends an attestation Void", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { cover, method, beneficiary } = p;
    await method.setCanVoid(false);
    const made = await answerTo(p, p.asked, { method: MOCK });
    await attest(p, made);
    await cover.connect(p.prover).lock(made.uid, beneficiary, ETH, 3, { value: 3 });
    await decide(p, made.uid, Status.Void);
    await cover.settle(made.uid, beneficiary, ETH);

    expect(await cover.balanceOf(ETH, beneficiary)).to.equal(3);
  });
});
