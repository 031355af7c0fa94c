import { glob, readFile } from "node:fs/promises";
import { type Address, type Hex, hexToBytes, keccak256 } from "viem";
import type { Client } from "../../sdk/client.ts";

/** A contract's code on chain, beside what the build of this checkout makes. */
export interface ContractCode {
  name: string;
  address: Address;
  /** keccak256 of the code on chain. */
  codeHash: Hex;
  /** Whether it is the build's; undefined where there is no build of it. */
  isBuilt: boolean | undefined;
}

/** The build: what `npm run build` writes. */
const ARTIFACTS = new URL("../../artifacts/", import.meta.url);

interface Artifact {
  deployedBytecode: Hex;
  immutableReferences?: Record<string, { start: number; length: number }[]>;
}

/**
 * Reads the code of a deployment's contracts at a block and compares it with the build. Immutables, which the constructor
 * writes, and the compiler's metadata, which hashes comments too, are left out.
 */
export async function readCode({ rpc, deployment }: Client, blockNumber: bigint): Promise<ContractCode[]> {
  const found: ContractCode[] = [];
  for (const [name, { address }] of Object.entries(deployment.contracts)) {
    const code = (await rpc.getCode({ address, blockNumber })) ?? "0x";
    const artifact = await readArtifact(name);
    const isBuilt = artifact && bareCode(code, artifact) === bareCode(artifact.deployedBytecode, artifact);
    found.push({ name, address, codeHash: keccak256(code), isBuilt });
  }
  return found;
}

async function readArtifact(name: string): Promise<Artifact | undefined> {
  if (!/^\w+$/.test(name)) return undefined;
  for await (const path of glob(`**/${name}.sol/${name}.json`, { cwd: ARTIFACTS }))
    return JSON.parse(await readFile(new URL(path, ARTIFACTS), "utf8")) as Artifact;
  return undefined;
}

/** Hash of code without immutables and metadata, whose length stands in the build's last two bytes. */
function bareCode(code: Hex, { deployedBytecode, immutableReferences = {} }: Artifact): Hex {
  const bytes = hexToBytes(code);
  for (const { start, length } of Object.values(immutableReferences).flat()) bytes.fill(0, start, start + length);
  const metadata = Number.parseInt(deployedBytecode.slice(-4), 16) + 2;
  return keccak256(bytes.subarray(0, Math.max(0, bytes.length - metadata)));
}
