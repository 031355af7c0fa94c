import { readFile } from "node:fs/promises";
import { type Abi, type Address, encodeDeployData, type Hex } from "viem";
import type { Call } from "../../../sdk/calls.ts";
import { type Chain, SLOT } from "./chain.ts";

/** Sends one account's calls, a block each, and creates contracts from the compiler's artifacts. Throws when one fails. */
export async function createDeployer(chain: Chain, from: Address) {
  await chain.fund(from);

  async function run(call: Pick<Call, "name" | "data"> & { to: Address | undefined; value?: bigint }) {
    const { name, to, data, value = 0n } = call;
    const [receipt] = await chain.mine(chain.now() + SLOT, [{ from, to, data, value }]);
    if (!receipt?.ok) throw new Error(`"${name}" failed.`);
    return receipt;
  }

  return {
    run,
    /** @param folder Of the source file, as the compiler names it. */
    async create(name: string, folder: string, args: readonly unknown[]): Promise<Address> {
      const file = new URL(`../../../artifacts/${folder}/${name}.sol/${name}.json`, import.meta.url);
      const { abi, bytecode } = JSON.parse(await readFile(file, "utf8")) as { abi: Abi; bytecode: Hex };
      const { contractAddress } = await run({ name, to: undefined, data: encodeDeployData({ abi, bytecode, args }) });
      return contractAddress as Address;
    },
  };
}
