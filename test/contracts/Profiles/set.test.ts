import { expect } from "chai";
import { type ContractTransactionResponse, Interface } from "ethers";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create();

const LINK = "https://example.org/ada";

describe("Profiles.set", () => {
  async function fixture() {
    const [account] = await ethers.getSigners();
    return { account, profiles: await ethers.deployContract("Profiles") };
  }

  it("refuses a name of more than 64 bytes, however few letters it has", async () => {
    const { profiles } = await networkHelpers.loadFixture(fixture);

    for (const [name, bytes] of [
      ["a".repeat(65), 65],
      ["é".repeat(33), 66],
    ] as const)
      await expect(profiles.set(name, "")).to.be.revertedWithCustomError(profiles, "NameTooLong").withArgs(bytes, 64);
  });

  it("refuses a link of more than 200 bytes", async () => {
    const { profiles } = await networkHelpers.loadFixture(fixture);

    await expect(profiles.set("Ada", "a".repeat(201)))
      .to.be.revertedWithCustomError(profiles, "LinkTooLong")
      .withArgs(201, 200);
  });

  it("refuses a link without a name", async () => {
    const { profiles } = await networkHelpers.loadFixture(fixture);

    await expect(profiles.set("", LINK)).to.be.revertedWithCustomError(profiles, "LinkWithoutName").withArgs(LINK);
  });

  it("emits the caller's name and link as they were given", async () => {
    const { account, profiles } = await networkHelpers.loadFixture(fixture);

    for (const [name, link] of [
      ["Ada", LINK],
      ["Ada", ""],
      ["é".repeat(32), "a".repeat(200)],
      ["\u202eevil\u0000\n", "javascript:alert(1)"],
      ["", ""],
    ] as const)
      await expect(profiles.set(name, link)).to.emit(profiles, "ProfileSet").withArgs(account, name, link);
  });

  it("takes bytes that aren't text", async () => {
    const { account, profiles } = await networkHelpers.loadFixture(fixture);
    const raw = new Interface([
      "function set(bytes name, bytes link)",
      "event ProfileSet(address indexed, bytes, bytes)",
    ]);
    const selector = profiles.interface.getFunction("set").selector;
    const given = `${selector}${raw.encodeFunctionData("set", ["0xff80c3", "0x"]).slice(10)}`;

    const sent = (await account?.sendTransaction({ to: profiles, data: given })) as ContractTransactionResponse;
    const receipt = await sent.wait();

    expect(receipt?.logs[0]?.data).to.equal(
      ethers.AbiCoder.defaultAbiCoder().encode(["bytes", "bytes"], ["0xff80c3", "0x"]),
    );
  });

  it("keeps nothing: a call costs little more than its event", async () => {
    const { profiles } = await networkHelpers.loadFixture(fixture);

    const receipt = await (await profiles.set("a".repeat(64), "a".repeat(200))).wait();

    expect(receipt?.gasUsed).to.be.lessThan(40_000n);
  });
});
