import { expect } from "chai";
import { network } from "hardhat";

const { ethers } = await network.create();

const pack = (emitter: string, topics: string[], data: string) =>
  ethers.solidityPacked(
    ["address", "uint8", ...topics.map(() => "bytes32"), "uint32", "bytes"],
    [emitter, topics.length, ...topics, ethers.dataLength(data), data],
  );
const topicsUpTo = (n: number) => Array.from({ length: n }, (_, i) => ethers.id(`topic ${i}`));

describe("Replayer", () => {
  const deploy = () => ethers.deployContract("Replayer");

  it("refuses more topics than a log can have", async () => {
    const replayer = await deploy();
    const address = await replayer.getAddress();

    await expect(replayer.replay(pack(address, topicsUpTo(5), "0x"))).to.be.revertedWithoutReason(ethers);
  });

  it("refuses a log that is cut off", async () => {
    const replayer = await deploy();
    const packed = pack(await replayer.getAddress(), topicsUpTo(2), "0x1234");

    await expect(replayer.replay(ethers.dataSlice(packed, 0, ethers.dataLength(packed) - 1))).to.be.revert(ethers);
  });

  it("refuses a view that it has no answer for", async () => {
    const replayer = await deploy();

    await expect(ethers.provider.call({ to: replayer, data: "0x12345678" }))
      .to.be.revertedWithCustomError(replayer, "NoAnswer")
      .withArgs("0x12345678");
  });

  it("emits every number of topics, in order, in each address's name", async () => {
    const [one, other] = [await deploy(), await deploy()];
    const [at, beyond] = [await one.getAddress(), await other.getAddress()];
    const logs = [0, 1, 2, 3, 4].flatMap((count) => [
      { address: at, topics: topicsUpTo(count), data: `0x${"ab".repeat(count * 20)}` },
      { address: beyond, topics: topicsUpTo(4 - count), data: "0x" },
    ]);

    const sent = await one.replay(ethers.concat(logs.map(({ address, topics, data }) => pack(address, topics, data))));
    const receipt = await sent.wait();

    expect(receipt?.logs.map(({ address, topics, data }) => ({ address, topics: [...topics], data }))).to.deep.equal(
      logs,
    );
  });

  it("answers as it was set last", async () => {
    const replayer = await deploy();
    const ask = () => ethers.provider.call({ to: replayer, data: "0x12345678" });
    await replayer.prime("0x12345678", ethers.id("first"));

    expect(await ask()).to.equal(ethers.id("first"));
    await replayer.prime("0x12345678", ethers.id("second"));
    expect(await ask()).to.equal(ethers.id("second"));
  });
});
