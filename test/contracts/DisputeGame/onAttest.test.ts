import { expect } from "chai";
import { network } from "hardhat";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { attestRun, bondFor, GAME, gameProtocol } from "../dispute.ts";
import { hash, opened } from "../fixtures.ts";
import { contextOf } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

describe("DisputeGame, when an answer is attested", () => {
  const fixture = () => gameProtocol(ethers, networkHelpers);

  it("refuses hooks that another account than the registry calls, and what it doesn't take", async () => {
    const { game, registry, prover, integerModel, ids } = await networkHelpers.loadFixture(fixture);
    const attestation = [prover, GAME, ids.small, hash("in"), FREE_CONTEXT, hash("answer")] as const;
    const batch = [prover, GAME, ids.small, FREE_CONTEXT, 1, hash("root")] as const;
    const [a, b] = [Object.values(attestation), Object.values(batch)] as never[];
    const calls = [game.onAttest(hash("uid"), a as never, opened, "0x"), game.onAttestRoot(hash("uid"), b as never)];
    for (const call of calls) await expect(call).to.be.revertedWithCustomError(game, "NotTheRegistry");
    const own = registry.connect(prover);
    await expect(own.commit(GAME, ids.small, hash("in"), FREE_CONTEXT, hash("answer")))
      .to.be.revertedWithCustomError(game, "NotSupported")
      .withArgs(game.interface.getFunction("onCommit").selector);
    await expect(own.attestBatch(GAME, ids.small, FREE_CONTEXT, 1, "0x", "0x00"))
      .to.be.revertedWithCustomError(game, "NotSupported")
      .withArgs(game.interface.getFunction("onAttestBatch").selector);
    await expect(own.attest(GAME, integerModel, hash("in"), FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(game, "ModelNotAdmitted")
      .withArgs(integerModel);
    const unknown = hash("no model");
    await expect(own.attest(GAME, unknown, hash("in"), FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(game, "ModelNotAdmitted")
      .withArgs(unknown);
  });

  it("refuses evidence, and an account without a bond", async () => {
    const { game, bonds, registry, prover, admin, ids } = await networkHelpers.loadFixture(fixture);

    await expect(
      registry.connect(prover).attest(GAME, ids.small, hash("in"), FREE_CONTEXT, opened, "0x00"),
    ).to.be.revertedWithCustomError(game, "UnexpectedEvidence");
    await expect(registry.connect(admin).attest(GAME, ids.small, hash("in"), FREE_CONTEXT, opened, "0x"))
      .to.be.revertedWithCustomError(bonds, "InsufficientFree")
      .withArgs(game, admin, 0, bondFor());
  });

  it("refuses units of another campaign, task or number", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const own = p.registry.connect(p.prover);
    const attest = (context: string) => own.attest(GAME, p.ids.small, hash("in"), context, opened, "0x");
    const context = await contextOf(p, 1n, 0n);

    await expect(attest(context.replace(/^0x01.{40}/, `0x01${"ab".repeat(20)}`))).to.be.revertedWithCustomError(
      p.game,
      "WrongCampaign",
    );
    await expect(attest(await contextOf(p, 2n, 0n))).to.be.revertedWithCustomError(p.campaign, "WrongModel");
    await expect(attest(await contextOf(p, 1n, 100_000n))).to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange");
    await attest(context);
  });

  it("takes a root alone, and locks the bond", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const { id } = await attestRun(p, "small");

    expect((await p.registry.recordOf(id)).status).to.equal(1);
    expect((await p.bonds.bondOf(p.game, p.prover)).locked).to.equal(bondFor());
    expect([...(await p.game.disputeOf(id))]).to.deep.equal([...Array(4).fill(ZERO_HASH), 0n, 0n, 0n, 0n]);
  });
});
