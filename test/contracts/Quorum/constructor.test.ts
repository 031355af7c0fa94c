import { expect } from "chai";
import { network } from "hardhat";
import { addressOf, protocol, quorumParameters, WINDOW } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

const MONTH = 30 * 86_400;
const MOST = 2n ** 96n - 1n;

describe("Quorum's constructor", () => {
  async function fixture() {
    return protocol(ethers);
  }

  for (const [name, value, others] of [
    ["firstPanel", 0, {}],
    ["firstPanel", 17, {}],
    ["firstThreshold", 1, {}],
    ["firstThreshold", 4, {}],
    ["firstThreshold", 2, { firstPanel: 4 }],
    ["decidingPanel", 3, {}],
    ["decidingPanel", 81, {}],
    ["decidingThreshold", 2, {}],
    ["decidingThreshold", 6, {}],
    ["decidingThreshold", 3, { decidingPanel: 6 }],
    ["load", 0, {}],
    ["drawDelay", 0, {}],
    ["drawDelay", 1025, {}],
    ["drawWindow", 0, {}],
    ["drawWindow", MONTH + 1, {}],
    ["commitWindow", 0, {}],
    ["commitWindow", MONTH + 1, {}],
    ["revealWindow", 0, {}],
    ["revealWindow", MONTH + 1, {}],
    ["appealWindow", 0, {}],
    ["appealWindow", MONTH + 1, {}],
    ["voteLoss", 0n, {}],
    ["voteLoss", MOST + 1n, {}],
    ["absenceLoss", 0n, {}],
    ["absenceLoss", quorumParameters.voteLoss + 1n, {}],
    ["verifierBond", 2n * quorumParameters.voteLoss - 1n, {}],
    ["verifierBond", MOST, { voteLoss: MOST }],
    ["verifierBond", MOST + 1n, {}],
    ["seatFee", quorumParameters.absenceLoss + 1n, {}],
    ["stake", 5n * quorumParameters.seatFee - 1n, {}],
    ["stake", MOST + 1n, {}],
  ] as const)
    it(`refuses ${name} ${value}${Object.entries(others).map(([other, v]) => ` where ${other} is ${v}`)}`, async () => {
      const { campaign, bonds, beacon, fraud, quorum } = await networkHelpers.loadFixture(fixture);
      const parameters = { ...quorumParameters, ...others, [name]: value };

      await expect(ethers.deployContract("Quorum", [campaign, bonds, beacon, fraud, parameters]))
        .to.be.revertedWithCustomError(quorum, "InvalidParameter")
        .withArgs(name, value);
    });

  it("refuses a fraudProof of another campaign", async () => {
    const { campaign, bonds, beacon, quorum } = await networkHelpers.loadFixture(fixture);
    const { fraud } = await protocol(ethers);

    await expect(ethers.deployContract("Quorum", [campaign, bonds, beacon, fraud, quorumParameters]))
      .to.be.revertedWithCustomError(quorum, "InvalidParameter")
      .withArgs("fraudProof", BigInt(addressOf(fraud)));
  });

  const least = {
    ...{ firstPanel: 1, firstThreshold: 1, decidingPanel: 2, decidingThreshold: 2, load: 1 },
    ...{ drawDelay: 1, drawWindow: 1, commitWindow: 1, revealWindow: 1, appealWindow: 1 },
    ...{ verifierBond: 2n, voteLoss: 1n, absenceLoss: 1n, stake: 0n, seatFee: 0n },
  };
  const most = {
    ...{ firstPanel: 16, firstThreshold: 16, decidingPanel: 80, decidingThreshold: 80, load: 255 },
    ...{ drawDelay: 1024, drawWindow: MONTH, commitWindow: MONTH, revealWindow: MONTH, appealWindow: MONTH },
    ...{ verifierBond: MOST, voteLoss: MOST / 2n, absenceLoss: MOST / 2n, stake: MOST, seatFee: MOST / 80n },
  };
  const closest = {
    ...quorumParameters,
    ...{ firstPanel: 15, firstThreshold: 8, decidingPanel: 16, decidingThreshold: 9 },
    ...{ verifierBond: 20n, voteLoss: 10n, absenceLoss: 10n, stake: 160n, seatFee: 10n },
  };
  for (const [name, parameters] of Object.entries({ least, most, closest }))
    it(`takes the ${name} of everything, and says what it took`, async () => {
      const { campaign, bonds, beacon, fraud } = await networkHelpers.loadFixture(fixture);

      const quorum = await ethers.deployContract("Quorum", [campaign, bonds, beacon, fraud, parameters]);

      const given = await quorum.parameters();
      for (const [name, value] of Object.entries(parameters))
        expect(given[name as keyof typeof parameters], name).to.equal(value);
      const { drawWindow, commitWindow, revealWindow, appealWindow, firstPanel, stake, seatFee } = parameters;
      expect(await quorum.longest()).to.equal(
        2 * drawWindow + 3 * (commitWindow + revealWindow) + appealWindow + WINDOW,
      );
      expect(await quorum.depositPerAttestation()).to.equal(stake + seatFee * BigInt(firstPanel));
      expect(await quorum.checksInput()).to.equal(true);
      expect(await quorum.canVoid()).to.equal(true);
      expect(await quorum.beacon()).to.equal(beacon);
      expect(await quorum.campaign()).to.equal(campaign);
      expect([await quorum.memberCount(), await quorum.pendingCount()]).to.deep.equal([0n, 0n]);
    });
});
