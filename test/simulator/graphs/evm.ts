import { readFile } from "node:fs/promises";
import { type Abi, type Address, bytesToHex, decodeFunctionResult, encodeFunctionData, type Hex } from "viem";
import { type Chain, createChain } from "../economy/chain.ts";
import { createDeployer } from "../economy/deployer.ts";

/** An element with all that it rests on; what it rests on none of is empty. */
export interface Element {
  op: bigint;
  row: bigint;
  column: bigint;
  a: Hex;
  b: Hex;
  parameters: Hex;
}

/** The contracts' operators, on a chain in memory. */
export interface Evm {
  valuesOf(elements: readonly Element[]): Promise<readonly number[]>;
  /** The graph's weights root. Throws where it is refused. */
  admit(layout: Uint8Array): Promise<Hex>;
  close(): Promise<void>;
}

export async function createEvm(): Promise<Evm> {
  const chain: Chain = await createChain();
  const deployer = await createDeployer(chain, `0x${"ad".repeat(20)}`);
  const to: Address = await deployer.create("OperatorsHarness", "contracts/mocks", []);
  const file = new URL(
    "../../../artifacts/contracts/mocks/OperatorsHarness.sol/OperatorsHarness.json",
    import.meta.url,
  );
  const { abi } = JSON.parse(await readFile(file, "utf8")) as { abi: Abi };
  const ask = async (functionName: string, args: readonly unknown[]): Promise<unknown> => {
    const data = await chain.call(to, encodeFunctionData({ abi, functionName, args }));
    return decodeFunctionResult({ abi, functionName, data });
  };
  return {
    valuesOf: async (elements) => (await ask("valuesOf", [elements])) as readonly number[],
    admit: async (layout) => (await ask("admit", [bytesToHex(layout)])) as Hex,
    close: () => chain.close(),
  };
}
