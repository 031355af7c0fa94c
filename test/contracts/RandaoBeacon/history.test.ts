import { expect } from "chai";
import hre from "hardhat";
import { decodeErrorResult, decodeFunctionResult, encodeFunctionData, type Hex, numberToHex, parseAbi } from "viem";
import { encodeHeader, type RpcHeader } from "../../../sdk/headers.ts";
import { type Anvil, startAnvil } from "../../simulator/anvil.ts";

const abi = parseAbi([
  "error HashGone(uint256 blockNumber)",
  "error WrongProof(uint256 blockNumber)",
  "function randomnessOf(uint256 blockNumber, bytes proof) view returns (bytes32)",
]);
const HISTORY = "0x0000F90827F1C53a10cb7A02335B175320002935";
const BEACON = "0x00000000000000000000000000000000000bEAC0";

// Anvil, unlike Hardhat, has EIP-2935's contract and writes every block's parent into it, as Ethereum does. What counts
// lines for the coverage runs on Hardhat's chain only.
(hre.globalOptions.coverage ? describe.skip : describe)("RandaoBeacon.randomnessOf, more than 256 blocks later", () => {
  const height = 600;
  let anvil: Anvil;

  before(async () => {
    anvil = await startAnvil(1_700_000_000);
    const { deployedBytecode } = await hre.artifacts.readArtifact("RandaoBeacon");
    await anvil.request("anvil_setCode", BEACON, deployedBytecode);
    await anvil.request("anvil_mine", numberToHex(height));
  });
  after(() => anvil.stop());

  const blockOf = (number: number) => anvil.request<RpcHeader>("eth_getBlockByNumber", numberToHex(number), false);

  /** What the beacon answers or reverts with when asked in block `now`. */
  async function ask(now: number, number: number, proof: Hex): Promise<Hex> {
    const data = encodeFunctionData({ abi, functionName: "randomnessOf", args: [BigInt(number), proof] });
    const request = { id: 1, jsonrpc: "2.0", method: "eth_call" };
    const params = [{ to: BEACON, data }, "latest", {}, { number: numberToHex(now) }];
    const response = await fetch(anvil.url, {
      ...{ method: "POST", headers: { "content-type": "application/json" } },
      body: JSON.stringify({ ...request, params }),
    });
    const { result, error } = (await response.json()) as { result?: Hex; error?: { data: Hex } };
    return result ?? (error as { data: Hex }).data;
  }

  async function expectRefused(now: number, number: number, proof: Hex, name: string) {
    const { errorName, args } = decodeErrorResult({ abi, data: await ask(now, number, proof) });
    expect([errorName, args]).to.deep.equal([name, [BigInt(number)]]);
  }

  async function expectShown(now: number, number: number) {
    const block = await blockOf(number);
    const data = await ask(now, number, encodeHeader(block));
    expect(decodeFunctionResult({ abi, functionName: "randomnessOf", data })).to.equal(block.mixHash);
  }

  it("refuses a block 8,192 back, which the chain no longer tells", async () => {
    await expectRefused(8_192 + 1, 1, encodeHeader(await blockOf(1)), "HashGone");
    await expectRefused(8_192 + 300, 300, encodeHeader(await blockOf(300)), "HashGone");
  });

  it("refuses another block's header", async () => {
    await expectRefused(height + 1, 300, encodeHeader(await blockOf(301)), "WrongProof");
    await expectRefused(height + 1, 300, encodeHeader(await blockOf(300 - 1)), "WrongProof");
  });

  it("refuses a block that is older than the contract", async () => {
    const snapshot = await anvil.request("evm_snapshot");
    await anvil.request("anvil_setStorageAt", HISTORY, numberToHex(300), numberToHex(0, { size: 32 }));
    await expectRefused(height + 1, 300, encodeHeader(await blockOf(300)), "HashGone");
    await anvil.request("evm_revert", snapshot);
  });

  it("gives the randomness of blocks 256, 257, 300 and 600 back", async () => {
    for (const back of [256, 257, 300, 600]) await expectShown(height + 1, height + 1 - back);
  });

  // Blocks up to there aren't mined: the call says in which block it is asked, the contract's storage is as of now.
  it("gives the randomness of a block 8,191 back", async () => {
    await expectShown(8_191 + 1, 1);
    await expectShown(8_191 + 300, 300);
  });
});
