import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import type { Hex } from "viem";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { hash } from "../fixtures.ts";
import { answerOf, commitAttestation, draw, join, type Panels, panelProtocol, RIGHT, until } from "../panels.ts";

const { ethers, networkHelpers } = await network.create();

describe("Quorum's penalties", () => {
  /** Three members that are all seated for every attestation of prover, the fourth. */
  const small = async (parameters: object) => {
    const p = await panelProtocol(ethers, networkHelpers, 3, parameters);
    await join(p, p.prover);
    return p;
  };
  const missed = async (p: Panels, uid: Hex) => {
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);
    return p.quorum.settle(uid);
  };
  const seated = async (p: Panels, text: string) => {
    const { uid } = await commitAttestation(p, { inputHash: hash(text) });
    return { uid, members: await draw(p, uid) };
  };

  it("take from a member until its bond is used up, and take it off the list", async () => {
    const p = await small({ verifierBond: 5n, seatPenalty: 2n, seatFee: 0n });
    const cases = [await seated(p, "a"), await seated(p, "b"), await seated(p, "c"), await seated(p, "d")];
    const [member] = (cases[0] as (typeof cases)[0]).members as [HardhatEthersSigner];
    const locked = async () => (await p.bonds.bondOf(p.quorum, member)).locked;
    const [a, b, c, d] = cases.map(({ uid }) => uid) as [Hex, Hex, Hex, Hex];

    await expect(missed(p, a)).to.emit(p.quorum, "Penalised").withArgs(a, member, 2);
    expect([await locked(), await p.quorum.isMember(member)]).to.deep.equal([3n, true]);

    const second = missed(p, b);
    await expect(second).to.emit(p.quorum, "Penalised").withArgs(b, member, 2);
    await expect(second).to.emit(p.quorum, "Left");
    expect([await locked(), await p.quorum.isMember(member)]).to.deep.equal([1n, false]);
    expect(await p.quorum.memberCount()).to.equal(1);

    const third = missed(p, c);
    await expect(third).to.emit(p.quorum, "Penalised").withArgs(c, member, 1);
    await expect(third).not.to.emit(p.quorum, "Left");
    await expect(missed(p, d)).to.emit(p.quorum, "Penalised").withArgs(d, member, 0);
    expect(await locked()).to.equal(0);
    expect(await p.bonds.burned()).to.equal(15);
    await expect(p.quorum.connect(member).release())
      .to.be.revertedWithCustomError(p.quorum, "NoBondToRelease")
      .withArgs(member);
  });

  it("leave the rest of the bond to be released later", async () => {
    const p = await small({ verifierBond: 3n, seatPenalty: 2n, seatFee: 0n });
    const { uid, members } = await seated(p, "a");
    const [member] = members as [HardhatEthersSigner];
    await missed(p, uid);
    const releasableAt = BigInt(await networkHelpers.time.latest()) + 2n * (await p.quorum.longest());
    await expect(p.quorum.connect(member).join())
      .to.be.revertedWithCustomError(p.quorum, "BondStillAtStake")
      .withArgs(releasableAt);
    await networkHelpers.time.increaseTo(releasableAt);

    await p.quorum.connect(member).release();

    const { free, locked } = await p.bonds.bondOf(p.quorum, member);
    expect([free, locked]).to.deep.equal([1n, 0n]);
  });

  it("meet a new bond for seats that the account held under an old one", async () => {
    const p = await small({ verifierBond: 2n, seatPenalty: 2n, seatFee: 0n });
    const [a, b] = [await seated(p, "a"), await seated(p, "b")];
    const [member] = a.members as [HardhatEthersSigner];
    await missed(p, a.uid);
    await join(p, member);

    await missed(p, b.uid);

    expect((await p.bonds.bondOf(p.quorum, member)).locked).to.equal(0);
    expect(await p.quorum.isMember(member)).to.equal(false);
  });

  it("leave a member's deposits as prover alone", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 3);
    await join(p, p.prover);
    const mine = await commitAttestation(p);
    const { seatPenalty, verifierBond } = p.parameters;
    const deposit = await p.quorum.depositPerAttestation();
    expect((await p.bonds.bondOf(p.quorum, p.prover)).locked).to.equal(verifierBond + deposit);
    // Another's free attestation is drawn from the same four, so that prover sits on its panel sooner or later.
    let penalties = 0n;
    for (let i = 0; penalties === 0n; i++) {
      const fields = { method: p.methodId, modelId: p.integerModel, context: FREE_CONTEXT, inputHash: hash(`${i}`) };
      const answer = answerOf(p.other, RIGHT);
      await p.registry.connect(p.other).commit(fields.method, fields.modelId, fields.inputHash, fields.context, answer);
      const uid = (await p.registry.uidOf({ prover: p.other.address, ...fields, answer })) as Hex;
      const members = await draw(p, uid);
      await until(p, (await p.quorum.caseOf(uid)).revealUntil);
      await p.quorum.settle(uid);
      if (members.includes(p.prover)) penalties += seatPenalty;
    }

    await p.quorum.settle(mine.uid);

    expect((await p.bonds.bondOf(p.quorum, p.prover)).locked).to.equal(verifierBond - penalties);
  });
});
