import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  commitAttestation,
  commitVotes,
  draw,
  firstRound,
  join,
  membersOf,
  OTHER,
  panelProtocol,
  RIGHT,
  until,
  WRONG,
} from "../panels.ts";
import { contextOf, Status, UNITS } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const addresses = (accounts: readonly HardhatEthersSigner[]) => accounts.map(({ address }) => address);

describe("Quorum.draw", () => {
  async function fixture() {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid } = await commitAttestation(p);
    const { drawBlock, drawUntil } = await p.quorum.caseOf(uid);
    return { ...p, uid, drawBlock, drawUntil };
  }

  /** A Quorum whose draw window lasts longer than 256 blocks. */
  async function slow() {
    const p = await panelProtocol(ethers, networkHelpers, 5, { drawWindow: 1_000 });
    const { uid } = await commitAttestation(p);
    const { drawBlock, drawUntil } = await p.quorum.caseOf(uid);
    return { ...p, uid, drawBlock, drawUntil };
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(fixture);

    await expect(quorum.draw(hash("uid")))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses until the block that decides is mined", async () => {
    const { quorum, uid, drawBlock } = await networkHelpers.loadFixture(slow);
    expect(await networkHelpers.time.latestBlock()).to.equal(drawBlock - 1n);

    await expect(quorum.draw(uid)).to.be.revertedWithCustomError(quorum, "TooEarlyToDraw").withArgs(uid, drawBlock);
  });

  it("refuses once the draw's time is over", async () => {
    const { quorum, uid, drawUntil } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.time.increaseTo(drawUntil - 1n);
    await networkHelpers.time.setNextBlockTimestamp(drawUntil);

    await expect(quorum.draw(uid)).to.be.revertedWithCustomError(quorum, "TooLateToDraw").withArgs(uid, drawUntil);
  });

  it("refuses a second draw", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await draw(p, p.uid);

    await expect(p.quorum.draw(p.uid)).to.be.revertedWithCustomError(p.quorum, "AlreadyDrawn").withArgs(p.uid, 1);
  });

  it("refuses a settled attestation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await until(p, p.drawUntil);
    await p.quorum.settle(p.uid);

    await expect(p.quorum.draw(p.uid)).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(p.uid);
  });

  it("seats a panel on anyone's call, and gives it its time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(p.drawBlock);
    const now = p.drawUntil - 1n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    const drawn = p.quorum.connect(p.admin).draw(p.uid);

    await (await drawn).wait();
    const members = (await p.quorum.seatsOf(p.uid)).map(({ member }) => member);
    await expect(drawn)
      .to.emit(p.quorum, "PanelDrawn")
      .withArgs(p.uid, 1, members, now + 60n, now + 120n);
    expect(new Set(members).size).to.equal(3);
    for (const seat of await p.quorum.seatsOf(p.uid))
      expect([seat.round, seat.state, seat.vote]).to.deep.equal([1n, 0n, ethers.ZeroHash]);
  });

  it("takes the hash 256 blocks later", async () => {
    const { quorum, uid, drawBlock } = await networkHelpers.loadFixture(slow);
    await networkHelpers.mineUpTo(drawBlock + 255n);

    await expect(quorum.draw(uid)).to.emit(quorum, "PanelDrawn");
  });

  it("names a later block when the hash is gone, in the same window, and draws by that one", async () => {
    const p = await networkHelpers.loadFixture(slow);
    await networkHelpers.mineUpTo(p.drawBlock + 256n);

    await expect(p.quorum.draw(p.uid))
      .to.emit(p.quorum, "DrawScheduled")
      .withArgs(p.uid, 1, p.drawBlock + 258n, p.drawUntil);

    expect((await p.quorum.caseOf(p.uid)).drawn).to.equal(false);
    expect(await membersOf(p, p.uid)).to.deep.equal([]);
    expect(await draw(p, p.uid)).to.have.lengthOf(3);
  });

  it("never seats the prover", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 3);
    await join(p, p.prover);
    for (let unit = 0n; unit < UNITS; unit++) {
      const { uid } = await commitAttestation(p, { context: await contextOf(p, 1n, unit) });
      expect(addresses(await draw(p, uid))).to.have.members(addresses(p.verifiers));
    }
  });

  it("never seats a member that joined after the commit", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 3);
    await join(p, p.prover);
    const { uid } = await commitAttestation(p);
    for (const late of p.accounts.slice(3, 9)) await join(p, late);

    expect(addresses(await draw(p, uid))).to.have.members(addresses(p.verifiers));
  });

  it("still seats members that left after the commit, and still penalises them", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 3);
    await join(p, p.prover);
    const { uid } = await commitAttestation(p);
    for (const verifier of p.verifiers) await p.quorum.connect(verifier).quit();
    const members = await draw(p, uid);
    expect(addresses(members)).to.have.members(addresses(p.verifiers));
    await until(p, (await p.quorum.caseOf(uid)).revealUntil);

    const settled = p.quorum.settle(uid);

    for (const member of members)
      await expect(settled).to.emit(p.quorum, "Penalised").withArgs(uid, member, p.parameters.seatPenalty);
  });

  it("seats nobody of the first panel on the second", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER], { context: await contextOf(p, 1n, 1n) });
    await p.quorum.settle(uid);

    const second = await draw(p, uid);

    expect(second).to.have.lengthOf(5);
    expect(new Set(addresses([...members, ...second])).size).to.equal(8);
    for (const seat of (await p.quorum.seatsOf(uid)).slice(3)) expect(seat.round).to.equal(2);
  });

  it("voids an attestation whose second panel can't be filled, and penalises nobody who revealed", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 7);
    const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER]);
    await p.quorum.settle(uid);
    await networkHelpers.mineUpTo((await p.quorum.caseOf(uid)).drawBlock);

    const drawn = p.quorum.connect(p.other).draw(uid);

    await expect(drawn).to.emit(p.registry, "StatusChanged").withArgs(uid, Status.Void, p.other);
    await expect(drawn).not.to.emit(p.quorum, "Penalised");
    await expect(drawn).not.to.emit(p.bonds, "Paid");
    expect((await p.bonds.bondOf(p.quorum, p.prover)).locked).to.equal(0);
    expect(await p.quorum.seatsOf(uid)).to.have.lengthOf(3);
  });

  it("draws from the list as of the commit while members come and go in the same block", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 4);
    const [a, b, c, d] = p.verifiers as [
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
      HardhatEthersSigner,
    ];
    const late = p.accounts[5] as HardhatEthersSigner;
    await p.bonds.deposit(p.quorum, late, { value: p.parameters.verifierBond });
    await ethers.provider.send("evm_setAutomine", [false]);
    for (const leaver of [a, d]) await p.quorum.connect(leaver).quit({ gasLimit: 500_000 });
    await p.quorum.connect(late).join({ gasLimit: 500_000 });
    await networkHelpers.mine();
    await ethers.provider.send("evm_setAutomine", [true]);
    await join(p, p.prover);

    const { uid } = await commitAttestation(p);

    expect(addresses(await draw(p, uid))).to.have.members(addresses([b, c, late]));
  });

  it("schedules nothing for a case in which members already vote", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await draw(p, p.uid);
    await commitVotes(p, p.uid, [RIGHT, RIGHT, undefined]);

    await expect(p.quorum.draw(p.uid)).to.be.revertedWithCustomError(p.quorum, "AlreadyDrawn").withArgs(p.uid, 1);
  });
});
