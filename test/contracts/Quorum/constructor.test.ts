import { expect } from "chai";
import { network } from "hardhat";
import { protocol, quorumParameters } from "../fixtures.ts";

const { ethers, networkHelpers } = await network.create();

const MONTH = 30 * 86_400;
const MOST = 2n ** 96n - 1n;

describe("Quorum's constructor", () => {
  async function fixture() {
    return protocol(ethers);
  }

  for (const [name, value, others] of [
    ["firstPanel", 0, {}],
    ["firstPanel", 33, {}],
    ["firstThreshold", 1, {}],
    ["firstThreshold", 4, {}],
    ["firstThreshold", 2, { firstPanel: 4 }],
    ["secondPanel", 3, {}],
    ["secondPanel", 33, {}],
    ["secondPanel", 32, { firstPanel: 32, firstThreshold: 32 }],
    ["secondThreshold", 2, {}],
    ["secondThreshold", 6, {}],
    ["drawDelay", 0, {}],
    ["drawDelay", 65, {}],
    ["drawWindow", 0, {}],
    ["drawWindow", MONTH + 1, {}],
    ["commitWindow", 0, {}],
    ["commitWindow", MONTH + 1, {}],
    ["revealWindow", 0, {}],
    ["revealWindow", MONTH + 1, {}],
    ["seatPenalty", 0n, {}],
    ["seatPenalty", MOST + 1n, {}],
    ["verifierBond", quorumParameters.seatPenalty - 1n, {}],
    ["verifierBond", MOST + 1n, {}],
    ["seatFee", MOST + 1n, {}],
  ] as const)
    it(`refuses ${name} ${value}${Object.entries(others).map(([other, v]) => ` where ${other} is ${v}`)}`, async () => {
      const { campaign, bonds, quorum } = await networkHelpers.loadFixture(fixture);

      await expect(
        ethers.deployContract("Quorum", [campaign, bonds, { ...quorumParameters, ...others, [name]: value }]),
      )
        .to.be.revertedWithCustomError(quorum, "InvalidParameter")
        .withArgs(name, value);
    });

  const least = {
    ...{ firstPanel: 1, firstThreshold: 1, secondPanel: 2, secondThreshold: 2 },
    ...{ drawDelay: 1, drawWindow: 1, commitWindow: 1, revealWindow: 1 },
    ...{ verifierBond: 1n, seatPenalty: 1n, seatFee: 0n },
  };
  const most = {
    ...{ firstPanel: 31, firstThreshold: 31, secondPanel: 32, secondThreshold: 32 },
    ...{ drawDelay: 64, drawWindow: MONTH, commitWindow: MONTH, revealWindow: MONTH },
    ...{ verifierBond: MOST, seatPenalty: MOST, seatFee: MOST },
  };
  for (const [name, parameters] of Object.entries({ least, most }))
    it(`takes the ${name} of everything, and says what it took`, async () => {
      const { campaign, bonds } = await networkHelpers.loadFixture(fixture);

      const quorum = await ethers.deployContract("Quorum", [campaign, bonds, parameters]);

      const given = await quorum.parameters();
      for (const [name, value] of Object.entries(parameters))
        expect(given[name as keyof typeof parameters], name).to.equal(value);
      const { drawWindow, commitWindow, revealWindow, firstPanel, secondPanel, seatFee } = parameters;
      expect(await quorum.longest()).to.equal(2 * (drawWindow + commitWindow + revealWindow));
      expect(await quorum.depositPerAttestation()).to.equal(seatFee * BigInt(firstPanel + secondPanel));
      expect(await quorum.checksInput()).to.equal(true);
    });
});
