import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { network } from "hardhat";
import { encodeAbiParameters, type Hex, keccak256 } from "viem";
import { addressOf, hash } from "../fixtures.ts";
import {
  appeal,
  commitAttestation,
  commitVotes,
  draw,
  firstRound,
  join,
  OTHER,
  panelProtocol,
  play,
  RIGHT,
  SeatState,
  Stage,
  settle,
  show,
  shuffled,
  until,
  WRONG,
} from "../panels.ts";
import { contextOf, UNITS } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

type Signer = HardhatEthersSigner;
type Eight = [Signer, Signer, Signer, Signer, Signer, Signer, Signer, Signer];

const addresses = (accounts: readonly HardhatEthersSigner[]) => accounts.map(({ address }) => address);

describe("Quorum.draw", () => {
  async function fixture() {
    const p = await panelProtocol(ethers, networkHelpers);
    const { uid } = await commitAttestation(p);
    const { drawBlock, drawUntil } = await p.quorum.caseOf(uid);
    return { ...p, uid, drawBlock, drawUntil };
  }

  it("refuses an attestation it doesn't know", async () => {
    const { quorum } = await networkHelpers.loadFixture(fixture);

    await expect(quorum.draw(hash("uid"), "0x"))
      .to.be.revertedWithCustomError(quorum, "UnknownCase")
      .withArgs(hash("uid"));
  });

  it("refuses until the block that decides is mined", async () => {
    const { quorum, uid, drawBlock } = await networkHelpers.loadFixture(fixture);
    expect(await networkHelpers.time.latestBlock()).to.equal(drawBlock - 1n);

    await expect(quorum.draw(uid, "0x"))
      .to.be.revertedWithCustomError(quorum, "TooEarlyToDraw")
      .withArgs(uid, drawBlock);
    await networkHelpers.mine();
    await expect(quorum.draw(uid, "0x")).to.emit(quorum, "PanelDrawn");
  });

  it("refuses once the draw's time is over", async () => {
    const { quorum, uid, drawUntil } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mine();
    await networkHelpers.time.setNextBlockTimestamp(drawUntil);

    await expect(quorum.draw(uid, "0x"))
      .to.be.revertedWithCustomError(quorum, "TooLateToDraw")
      .withArgs(uid, drawUntil);
  });

  it("refuses once the draw's time is over, though its block isn't mined", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 7, { drawDelay: 100 });
    const { uid } = await commitAttestation(p);
    const { drawUntil } = await p.quorum.caseOf(uid);
    await networkHelpers.time.setNextBlockTimestamp(drawUntil);

    await expect(p.quorum.draw(uid, "0x"))
      .to.be.revertedWithCustomError(p.quorum, "TooLateToDraw")
      .withArgs(uid, drawUntil);
  });

  it("refuses a second draw", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await draw(p, p.uid);

    await expect(p.quorum.draw(p.uid, "0x"))
      .to.be.revertedWithCustomError(p.quorum, "NotDrawing")
      .withArgs(p.uid, Stage.Voting);
    await commitVotes(p, p.uid, [RIGHT, RIGHT, undefined]);
    await expect(p.quorum.draw(p.uid, "0x"))
      .to.be.revertedWithCustomError(p.quorum, "NotDrawing")
      .withArgs(p.uid, Stage.Voting);
  });

  it("refuses a run that is shown", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER], { context: await contextOf(p, 1n, 1n) });
    await p.quorum.settle(uid);
    await show(p, uid);

    await expect(p.quorum.draw(uid, "0x"))
      .to.be.revertedWithCustomError(p.quorum, "NotDrawing")
      .withArgs(uid, Stage.Shown);
  });

  it("refuses a settled attestation", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await until(p, p.drawUntil);
    await p.quorum.settle(p.uid);

    await expect(p.quorum.draw(p.uid, "0x")).to.be.revertedWithCustomError(p.quorum, "CaseClosed").withArgs(p.uid);
  });

  it("asks the beacon for the block with the proof, and passes its refusal on", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const refusals = new ethers.Interface(["error randomnessOf(uint256 blockNumber, bytes proof)"]);
    await networkHelpers.mine();
    // CALLDATASIZE PUSH0 PUSH0 CALLDATACOPY CALLDATASIZE PUSH0 REVERT: refuses with the call that it gets.
    await networkHelpers.setCode(addressOf(p.beacon), "0x365f5f37365ffd");

    await expect(p.quorum.draw(p.uid, "0xc0ffee"))
      .to.be.revertedWithCustomError({ interface: refusals }, "randomnessOf")
      .withArgs(p.drawBlock, "0xc0ffee");
  });

  it("seats a panel on anyone's call until the last second, and gives it its time", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mineUpTo(p.drawBlock);
    const now = p.drawUntil - 1n;
    await networkHelpers.time.setNextBlockTimestamp(now);

    const drawn = p.quorum.connect(p.other).draw(p.uid, "0x");

    await (await drawn).wait();
    const seats = await p.quorum.seatsOf(p.uid);
    const members = seats.map(({ member }) => member);
    await expect(drawn)
      .to.emit(p.quorum, "PanelDrawn")
      .withArgs(p.uid, 1, members, now + 60n, now + 120n);
    expect(new Set(members).size).to.equal(3);
    for (const { round, state, vote } of seats)
      expect([round, state, vote]).to.deep.equal([1n, SeatState.Drawn, ethers.ZeroHash]);
    const { stage, round, firstSeats, commitUntil, revealUntil } = await p.quorum.caseOf(p.uid);
    expect([stage, round, firstSeats, commitUntil, revealUntil]).to.deep.equal([
      ...[Stage.Voting, 1n, 3n],
      ...[now + 60n, now + 120n],
    ]);
  });

  it("deals the list by the beacon's value, whatever it is", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (let unit = 1n; unit < UNITS; unit++) {
      const { uid } = await commitAttestation(p, { context: await contextOf(p, 1n, unit) });
      const { drawBlock } = await p.quorum.caseOf(uid);
      const value = hash(`value ${unit}`);
      await p.beacon.set(drawBlock, value);

      expect(addresses(await draw(p, uid))).to.deep.equal(addresses(shuffled(p.verifiers, value, uid, 1)).slice(0, 3));
    }
  });

  it("draws the same panel whoever draws it, in which block ever, and whatever the list is by then", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const value = keccak256(encodeAbiParameters([{ type: "uint256" }], [p.drawBlock]));
    const panel = addresses(shuffled(p.verifiers, value, p.uid, 1)).slice(0, 3);
    const snapshot = await networkHelpers.takeSnapshot();
    for (const [blocks, drawer] of [
      [1, p.admin],
      [2, p.prover],
      [40, p.verifiers[0]],
    ] as const) {
      await networkHelpers.mine(blocks);
      for (const leaver of p.verifiers.slice(0, blocks % 9)) await p.quorum.connect(leaver).quit();
      await join(p, p.accounts[12] as HardhatEthersSigner);

      await p.quorum.connect(drawer).draw(p.uid, "0x");

      expect((await p.quorum.seatsOf(p.uid)).map(({ member }) => member)).to.deep.equal(panel);
      await snapshot.restore();
    }
  });

  it("never seats the prover, and deals on in its stead", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 4);
    await join(p, p.prover);
    for (const verifier of p.accounts.slice(4, 6)) await join(p, verifier);
    const list = [...p.accounts.slice(0, 4), p.prover, ...p.accounts.slice(4, 6)];
    for (let unit = 0n; unit < UNITS; unit++) {
      const { uid } = await commitAttestation(p, { context: await contextOf(p, 1n, unit) });
      const { drawBlock } = await p.quorum.caseOf(uid);
      // The prover is dealt first, second, third, then behind the panel.
      let value: Hex;
      for (let i = 0; ; i++) {
        value = hash(`value ${i}`);
        if (shuffled(list, value, uid, 1).indexOf(p.prover) === Number(unit)) break;
      }
      await p.beacon.set(drawBlock, value);
      const others = shuffled(list, value, uid, 1).filter((member) => member !== p.prover);

      expect(addresses(await draw(p, uid))).to.deep.equal(addresses(others).slice(0, 3));
    }
  });

  it("never seats a member that joined after the commit", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 7);
    const { uid } = await commitAttestation(p);
    for (const late of p.accounts.slice(7, 16)) await join(p, late);

    expect(addresses(p.verifiers)).to.include.members(addresses(await draw(p, uid)));
  });

  it("still seats members that left after the commit, and still has them pay for an absence", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    for (const verifier of p.verifiers) await p.quorum.connect(verifier).quit();
    const members = await draw(p, p.uid);
    await until(p, (await p.quorum.caseOf(p.uid)).revealUntil);
    await p.quorum.settle(p.uid);
    await until(p, (await p.quorum.caseOf(p.uid)).drawUntil);

    const settled = p.quorum.settle(p.uid);

    for (const member of members)
      await expect(settled).to.emit(p.quorum, "Penalised").withArgs(p.uid, member, p.parameters.absenceLoss);
  });

  it("draws from the list as of the commit while members come and go in the same block", async () => {
    const p = await panelProtocol(ethers, networkHelpers, 8);
    const [a, b, c, d, e, f, g, h] = p.verifiers as Eight;
    const late = p.accounts[9] as HardhatEthersSigner;
    await p.bonds.deposit(p.quorum, late, { value: p.parameters.verifierBond });
    await ethers.provider.send("evm_setAutomine", [false]);
    for (const leaver of [a, h]) await p.quorum.connect(leaver).quit({ gasLimit: 500_000 });
    await p.quorum.connect(late).join({ gasLimit: 500_000 });
    await networkHelpers.mine();
    await ethers.provider.send("evm_setAutomine", [true]);

    const { uid } = await commitAttestation(p);
    const { drawBlock } = await p.quorum.caseOf(uid);
    await p.beacon.set(drawBlock, hash("value"));

    // When a left, h took its place, and when h left there, g did.
    const list = [g, b, c, d, e, f, late];
    expect(addresses(await draw(p, uid))).to.deep.equal(addresses(shuffled(list, hash("value"), uid, 1)).slice(0, 3));
  });

  describe("of the deciding panel", () => {
    it("deals the same list anew, first members included, by the value of the round's block", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid, members } = await firstRound(p, [RIGHT, WRONG, OTHER], { context: await contextOf(p, 1n, 1n) });
      await p.quorum.settle(uid);
      const { drawBlock } = await p.quorum.caseOf(uid);
      // A value that seats a first member again.
      const dealt = (value: Hex) => addresses(shuffled(p.verifiers, value, uid, 2)).slice(0, 5);
      let value = hash("value 0");
      for (let i = 1; !dealt(value).includes((members[0] as HardhatEthersSigner).address); i++)
        value = hash(`value ${i}`);
      await p.beacon.set(drawBlock, value);
      const now = BigInt(await networkHelpers.time.latest()) + 3n;
      await networkHelpers.time.setNextBlockTimestamp(now);

      await expect(p.quorum.draw(uid, "0x"))
        .to.emit(p.quorum, "PanelDrawn")
        .withArgs(uid, 2, dealt(value), now + 60n, now + 120n);

      const seats = await p.quorum.seatsOf(uid);
      expect(seats.slice(3).map(({ member }) => member)).to.deep.equal(dealt(value));
      for (const { round, state } of seats.slice(3)) expect([round, state]).to.deep.equal([2n, SeatState.Drawn]);
      const { stage, firstSeats, committed, revealed } = await p.quorum.caseOf(uid);
      expect([stage, firstSeats, committed, revealed]).to.deep.equal([Stage.Voting, 3n, 0n, 0n]);
    });

    it("refuses once its time is over, counted from the end of the time to appeal", async () => {
      const p = await networkHelpers.loadFixture(fixture);
      const { uid } = await firstRound(p, [RIGHT, RIGHT, RIGHT], { context: await contextOf(p, 1n, 1n) });
      const { revealUntil } = await p.quorum.caseOf(uid);
      await appeal(p, uid);
      await networkHelpers.mine();
      await networkHelpers.time.setNextBlockTimestamp(revealUntil + 120n);

      await expect(p.quorum.draw(uid, "0x"))
        .to.be.revertedWithCustomError(p.quorum, "TooLateToDraw")
        .withArgs(uid, revealUntil + 120n);
    });

    for (const [verifiers, seats, who] of [
      [8, 8, "seats the whole list if it has as many members"],
      [7, 7, "seats the whole list if it has fewer members"],
      [9, 8, "leaves some of a longer list out"],
    ] as const)
      it(who, async () => {
        const parameters = { decidingPanel: 8, decidingThreshold: 5, stake: 10n ** 17n };
        const p = await panelProtocol(ethers, networkHelpers, verifiers, parameters);
        const { uid } = await play(p, { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT] });

        const second = (await p.quorum.seatsOf(uid)).slice(3).map(({ member }) => member);

        expect(new Set(second).size).to.equal(seats);
        expect(addresses(p.verifiers)).to.include.members(second);
        await settle(p, uid);
      });

    it("seats the whole list but the prover, if the prover is a member", async () => {
      const parameters = { decidingPanel: 8, decidingThreshold: 5, stake: 10n ** 17n };
      const p = await panelProtocol(ethers, networkHelpers, 7, parameters);
      await join(p, p.prover);
      const { uid } = await firstRound(p, [RIGHT, WRONG, OTHER]);
      await p.quorum.settle(uid);

      expect(addresses(await draw(p, uid))).to.have.members(addresses(p.verifiers));
    });
  });
});
