import hre from "hardhat";
import { type Address, encodeDeployData, encodeFunctionData, type Hex, parseAbi } from "viem";
import { attestationRegistryAbi } from "../../sdk/abi.ts";
import { callOf } from "../../sdk/calls.ts";
import type { Site } from "./chain.ts";

const mockAbi = parseAbi([
  "function execute(address target, bytes data) external payable",
  "function setChecksInput(bool checksInput_) external",
]);

/** A method that settles as a test says. */
export interface MockMethod {
  /** Its number in the registry's list. */
  id: number;
  address: Address;
  settle(id: Hex, status: number): Promise<unknown>;
}

/** Deploys a method under the test's control and appends it to the registry's list. */
export async function appendMock(site: Site, checksInput = false): Promise<MockMethod> {
  const { client } = site;
  const { attestationRegistry } = client.contracts;
  const sender = site.senderOf(0);
  const { abi, bytecode } = await hre.artifacts.readArtifact("MockMethod");
  const data = encodeDeployData({ abi, bytecode: bytecode as Hex, args: [] });
  const { contractAddress } = await sender.send({ name: "deploy MockMethod", to: undefined, data, value: 0n });
  const mock = { address: contractAddress as Address, abi: mockAbi } as const;
  await sender.send(callOf({ ...mock, functionName: "setChecksInput", args: [checksInput] }));
  await sender.send(callOf({ ...attestationRegistry, functionName: "addMethod", args: [mock.address] }));
  const id = await client.rpc.readContract({ ...attestationRegistry, functionName: "methodCount" });
  return {
    id,
    address: mock.address,
    settle(attestation, status) {
      const args = [attestation, status, sender.account.address] as const;
      const settling = encodeFunctionData({ abi: attestationRegistryAbi, functionName: "settle", args });
      return sender.send(callOf({ ...mock, functionName: "execute", args: [attestationRegistry.address, settling] }));
    },
  };
}
