import { expect } from "chai";
import { network } from "hardhat";
import { numberToHex } from "viem";
import { encodeHeader, type RpcHeader } from "../../../sdk/headers.ts";

const { ethers, networkHelpers } = await network.create();

describe("RandaoBeacon.randomnessOf", () => {
  async function fixture() {
    await networkHelpers.mine(20);
    const beacon = await ethers.deployContract("RandaoBeacon");
    const number = await ethers.provider.getBlockNumber();
    return { beacon, number };
  }

  const blockOf = (number: number): Promise<RpcHeader> =>
    ethers.provider.send("eth_getBlockByNumber", [numberToHex(number), false]);
  const headerOf = async (number: number) => encodeHeader(await blockOf(number));

  it("refuses a block that isn't mined, or is being mined", async () => {
    const { beacon, number } = await networkHelpers.loadFixture(fixture);
    const proof = await headerOf(number);

    for (const early of [number + 1, number + 2, 2n ** 256n - 1n])
      await expect(beacon.randomnessOf(early, proof, { blockTag: "pending" }))
        .to.be.revertedWithCustomError(beacon, "NotYet")
        .withArgs(early);
  });

  it("refuses another block's header", async () => {
    const { beacon, number } = await networkHelpers.loadFixture(fixture);

    for (const other of [number - 2, number])
      await expect(beacon.randomnessOf(number - 1, await headerOf(other)))
        .to.be.revertedWithCustomError(beacon, "WrongProof")
        .withArgs(number - 1);
  });

  it("refuses a header with any byte altered", async () => {
    const { beacon, number } = await networkHelpers.loadFixture(fixture);
    const proof = await headerOf(number - 1);

    for (let at = 0; at < ethers.dataLength(proof); at += 7) {
      const bytes = ethers.getBytes(proof);
      bytes[at] = (bytes[at] as number) ^ 1;
      await expect(beacon.randomnessOf(number - 1, bytes))
        .to.be.revertedWithCustomError(beacon, "WrongProof")
        .withArgs(number - 1);
    }
  });

  it("refuses a header that is cut, empty or longer", async () => {
    const { beacon, number } = await networkHelpers.loadFixture(fixture);
    const proof = await headerOf(number - 1);

    for (const wrong of ["0x", "0xc0", proof.slice(0, -2), proof.slice(0, 40), `${proof}00`])
      await expect(beacon.randomnessOf(number - 1, wrong))
        .to.be.revertedWithCustomError(beacon, "WrongProof")
        .withArgs(number - 1);
  });

  // At EIP-2935's address Hardhat has a contract that reverts with a text: no hash may be read from it.
  it("refuses a block 257 back where the chain keeps no older hashes", async () => {
    const { beacon, number } = await networkHelpers.loadFixture(fixture);
    const proof = await headerOf(number);
    await networkHelpers.mine(256);

    await expect(beacon.randomnessOf(number, proof, { blockTag: "pending" }))
      .to.be.revertedWithCustomError(beacon, "HashGone")
      .withArgs(number);
  });

  for (const [code, what] of [
    ["0x", "no code"],
    ["0x60205ff3", "code that answers zero"],
    ["0x60015f5260405ff3", "code that answers more than a hash"],
    ["0x60015f52601f5ff3", "code that answers less than a hash"],
  ] as const)
    it(`refuses such a block where EIP-2935's address has ${what}`, async () => {
      const { beacon, number } = await networkHelpers.loadFixture(fixture);
      const proof = await headerOf(number - 1);
      await networkHelpers.setCode("0x0000F90827F1C53a10cb7A02335B175320002935", code);
      await networkHelpers.mine(300);

      await expect(beacon.randomnessOf(number - 1, proof))
        .to.be.revertedWithCustomError(beacon, "HashGone")
        .withArgs(number - 1);
    });

  it("gives the randomness of every block that has it, from the one before to 256 back", async () => {
    const { beacon, number } = await networkHelpers.loadFixture(fixture);
    await networkHelpers.mine(256 - 1);
    const last = number + 255;

    for (const shown of [number, number + 1, number + 128, last]) {
      const { mixHash } = await blockOf(shown);
      expect(await beacon.randomnessOf(shown, await headerOf(shown), { blockTag: "pending" })).to.equal(mixHash);
    }
  });
});
