import { expect } from "chai";
import { network } from "hardhat";
import { hash } from "../fixtures.ts";
import { commitAttestation, draw, firstRound, OTHER, panelProtocol, RIGHT, secondRound, WRONG } from "../panels.ts";
import { contextOf, NO_INPUT, POINTS, replay, Status } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const addresses = (accounts: readonly { address: string }[]) => accounts.map(({ address }) => address);

describe("Quorum.verifiersOf", () => {
  async function fixture() {
    return panelProtocol(ethers, networkHelpers);
  }

  it("names nobody for attestations that it doesn't know, that are pending, or that are refuted", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    expect(await p.quorum.verifiersOf(hash("uid"))).to.deep.equal([]);

    const { uid } = await commitAttestation(p);
    await draw(p, uid);
    expect(await p.quorum.verifiersOf(uid)).to.deep.equal([]);

    const refuted = await firstRound(p, [WRONG, WRONG, RIGHT], { context: await contextOf(p, 1n, 1n) });
    await p.quorum.settle(refuted.uid);
    expect(await p.quorum.verifiersOf(refuted.uid)).to.deep.equal([]);
  });

  it("names the members in the majority of the first round", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await firstRound(p, [RIGHT, WRONG, RIGHT]);
    await p.quorum.settle(uid);

    expect(await p.quorum.verifiersOf(uid)).to.deep.equal(addresses([members[0], members[2]] as typeof members));
  });

  it("names those of both panels that voted for the output", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, members } = await firstRound(p, [WRONG, RIGHT, OTHER]);
    await p.quorum.settle(uid);
    const second = await secondRound(p, uid, [RIGHT, undefined, RIGHT, WRONG, RIGHT]);
    await p.quorum.settle(uid);

    expect(await p.quorum.verifiersOf(uid)).to.deep.equal(
      addresses([members[1], second[0], second[2], second[4]] as typeof members),
    );
  });

  it("has the Campaign pay them, and the prover", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation, members } = await firstRound(p, [RIGHT, WRONG, RIGHT]);
    await p.quorum.settle(uid);

    await p.campaign.award(p.prover, attestation, NO_INPUT);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([POINTS, 1n, 0n]);
    for (const [i, points] of [15n, 0n, 15n].entries())
      expect((await p.campaign.entryOf(1, members[i] as typeof p.prover)).points).to.equal(points);
    expect(await p.campaign.ledgerOf(1)).to.deep.equal((await replay(p, 1n)).ledger);
  });

  it("has a refuted prover penalised, once, its unit dead for good", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { uid, attestation } = await firstRound(p, [WRONG, WRONG, WRONG]);
    await p.quorum.settle(uid);

    await p.campaign.burn(attestation);

    expect(await p.campaign.entryOf(1, p.prover)).to.deep.equal([0n, 0n, 10n * POINTS]);
    await expect(commitAttestation(p, { inputHash: hash("another try") }))
      .to.be.revertedWithCustomError(p.quorum, "UnitHasAttestation")
      .withArgs(attestation.context, uid);
    expect(await p.registry.statusOf(uid)).to.equal(Status.Refuted);
  });
});
