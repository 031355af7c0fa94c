import { expect } from "chai";
import { network } from "hardhat";
import { bytesToHex, concat, type Hex, hexToBytes } from "viem";
import { baseIndex, unitSeed } from "../../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../../sdk/contexts.ts";
import { showInput, unitInput } from "../../../sdk/units.ts";
import { addressOf, integerLayout, protocol } from "../fixtures.ts";
import { bases, contextOf, inputs, openSeason, runSeason, shownInput, UNITS } from "../seasons.ts";

const { ethers, networkHelpers } = await network.create();

const task = { inputs: hexToBytes(inputs), inputCount: bases.length, noise: 100 };

describe("Campaign.assignedInput", () => {
  async function fixture() {
    const p = await protocol(ethers);
    return { ...p, ...(await runSeason(p, networkHelpers)) };
  }

  it("refuses contexts that are no unit's of a task of an open season", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const ask = async (context: Hex) => p.campaign.assignedInput(p.prover, context, shownInput(0));

    await expect(ask(FREE_CONTEXT)).to.be.revertedWithCustomError(p.campaign, "NotAUnit").withArgs(FREE_CONTEXT);
    await expect(ask(await contextOf(p, 9n)))
      .to.be.revertedWithCustomError(p.campaign, "UnknownTask")
      .withArgs(1, 9);
    await expect(ask(await contextOf(p, 2n, 0n, 7n)))
      .to.be.revertedWithCustomError(p.campaign, "UnknownSeason")
      .withArgs(7);
    await expect(ask(await contextOf(p, 2n, BigInt(UNITS))))
      .to.be.revertedWithCustomError(p.campaign, "UnitOutOfRange")
      .withArgs(UNITS, UNITS);
  });

  it("refuses before the season is seeded", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    await openSeason(p, networkHelpers);

    await expect(p.campaign.assignedInput(p.prover, await contextOf(p, 2n, 0n, 2n), shownInput(0)))
      .to.be.revertedWithCustomError(p.campaign, "NotSeeded")
      .withArgs(2);
  });

  it("refuses a header, base input or proof that isn't the one drawn", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const context = await contextOf(p);
    const index = baseIndex(unitSeed(p.seed, 2n, addressOf(p.prover), 0n), bases.length);
    const { header, base, proof } = shownInput(index);
    for (const shown of [
      shownInput((index + 1) % bases.length),
      { header: "0x", base, proof },
      { header, base: concat([base, "0x00"]), proof },
      { header, base: "0x", proof },
      { header, base, proof: [] },
    ])
      await expect(p.campaign.assignedInput(p.prover, context, shown))
        .to.be.revertedWithCustomError(p.campaign, "WrongBaseInput")
        .withArgs(index);
  });

  it("derives what the sdk derives for every unit of every account", async () => {
    const p = await networkHelpers.loadFixture(fixture);
    const found = new Set<string>();
    for (const account of [p.prover, p.other, ...p.accounts.slice(0, 3)])
      for (let unit = 0n; unit < UNITS; unit++) {
        const seed = unitSeed(p.seed, 2n, addressOf(account), unit);
        const shown = showInput(seed, task, integerLayout.input);
        const assigned = bytesToHex(new Uint8Array(unitInput(seed, task).buffer as ArrayBuffer));

        expect(await p.campaign.assignedInput(account, await contextOf(p, 2n, unit), shown)).to.equal(assigned);
        found.add(assigned);
      }
    expect(found.size).to.equal(5 * UNITS);
  });
});
