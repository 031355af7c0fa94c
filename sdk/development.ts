import { type Address, type PublicClient, toHex } from "viem";

/** The chain id of Hardhat and anvil. */
export const DEVELOPMENT_CHAIN = 31_337;

/** Gives an account a balance on a development chain, in wei; false where the node can't. */
export async function setBalance(rpc: PublicClient, account: Address, wei: bigint): Promise<boolean> {
  const request = rpc.request as (call: { method: string; params: unknown[] }) => Promise<unknown>;
  for (const method of ["hardhat_setBalance", "anvil_setBalance"])
    try {
      await request({ method, params: [account, toHex(wei)] });
      return true;
    } catch {
      // Another kind of development chain, or none.
    }
  return false;
}
