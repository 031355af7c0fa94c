import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import {
  ABSENT,
  commitAttestation,
  draw,
  firstRound,
  OTHER,
  panelProtocol,
  play,
  RIGHT,
  SILENT,
  settle,
  show,
  WRONG,
} from "../panels.ts";
import { contextOf, NO_INPUT, POINTS, replay, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const addresses = (accounts: readonly ({ address: string } | undefined)[]) =>
  accounts.map((account) => account?.address);

describe("Quorum.verifiersOf", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  it("names nobody for attestations that it doesn't know, that are pending, refuted, or Void", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    expect(await p.quorum.verifiersOf(hash("uid"))).to.deep.equal([]);

    const { uid } = await commitAttestation(p);
    await draw(p, uid);
    expect(await p.quorum.verifiersOf(uid)).to.deep.equal([]);

    const decided = await firstRound(p, [RIGHT, RIGHT, RIGHT], { context: await contextOf(p, 1n, 1n) });
    expect(await p.quorum.verifiersOf(decided.uid)).to.deep.equal([]);

    for (const [unit, course] of [
      [2n, { first: [WRONG, WRONG, RIGHT] }],
      [3n, { first: [RIGHT, WRONG, OTHER], deciding: [RIGHT, RIGHT, WRONG, WRONG, OTHER] }],
    ] as const) {
      const { uid } = await play(p, course, { context: await contextOf(p, 1n, unit) });
      await settle(p, uid);
      expect(await p.quorum.verifiersOf(uid)).to.deep.equal([]);
    }
  });

  it("names the members of the first panel that voted for the output", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [RIGHT, WRONG, RIGHT] });
    await settle(p, uid);

    expect(await p.quorum.verifiersOf(uid)).to.deep.equal(addresses([members[0], members[2]]));
  });

  it("names who filled a seat again, and nobody who was absent or silent", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, { first: [ABSENT, SILENT, RIGHT, RIGHT] });
    await settle(p, uid);

    expect(await p.quorum.verifiersOf(uid)).to.deep.equal(addresses([members[2], members[3]]));
  });

  it("names nobody of the deciding panel, but who voted as it decided before", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await play(p, {
      first: [WRONG, RIGHT, WRONG],
      appealed: true,
      deciding: Array(5).fill(RIGHT),
    });
    await settle(p, uid);

    expect(await p.quorum.verifiersOf(uid)).to.deep.equal(addresses([members[1]]));
  });

  it("names who voted for an output that a shown run proved", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await firstRound(p, [WRONG, WRONG, RIGHT]);
    await show(p, uid);
    await p.quorum.connect(p.fraudProof).onShownSettled(uid, Status.Verified, p.prover);

    expect(await p.quorum.verifiersOf(uid)).to.deep.equal(addresses([members[2]]));
  });

  it("has the Campaign pay them, and the prover", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation, members } = await play(p, { first: [RIGHT, WRONG, RIGHT] });
    await settle(p, uid);

    await p.campaign.award(p.prover, attestation, NO_INPUT);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([POINTS, 1n, 0n]);
    for (const [i, points] of [15n, 0n, 15n].entries())
      expect((await p.campaign.entryOf(1, members[i] as typeof p.prover)).points).to.equal(points);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
  });

  it("has a refuted prover penalised, once, its unit dead for good", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await play(p, { first: [WRONG, WRONG, WRONG] });
    await settle(p, uid);

    await p.campaign.burn(attestation);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 0n, 10n * POINTS]);
    await expect(commitAttestation(p, { inputHash: hash("another try") }))
      .to.be.revertedWithCustomError(p.quorum, "UnitHasAttestation")
      .withArgs(attestation.context, uid);
    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
  });
});
