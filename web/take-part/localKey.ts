import { createWalletClient, custom, isHex, type PublicClient, parseEther } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { setBalance } from "../../sdk/development.ts";
import { keepKey, keptKey } from "./keptKey.ts";
import type { Wallet } from "./wallet.ts";

/** What a throw-away account is given on a development chain, in wei. */
const ALLOWANCE = parseEther("100");

/**
 * The throw-away account of this browser, made when there is none, with enough money to take part. For development
 * chains only: its key is kept in the browser's storage. Throws a sentence where the node can't give an account money.
 */
export async function openLocalKey(storage: Storage, rpc: PublicClient): Promise<Wallet> {
  const chainId = await rpc.getChainId();
  const kept = keptKey(storage, chainId);
  if (kept !== null && !isHex(kept)) throw new Error("The throw-away key in this browser's storage is not readable.");
  const key = kept ?? generatePrivateKey();
  const account = privateKeyToAccount(key);
  const isPoor = (await rpc.getBalance({ address: account.address })) < ALLOWANCE / 2n;
  if (isPoor && !(await setBalance(rpc, account.address, ALLOWANCE)))
    throw new Error("The node is no development chain: it can't give a throw-away account money. Connect a wallet.");
  if (kept === null) keepKey(storage, chainId, key);
  const client = createWalletClient({ account, transport: custom(rpc) });
  return {
    kind: "local",
    account: account.address,
    submit: ({ to, data, value }, gas) => client.sendTransaction({ to, data, value, gas, chain: null }),
  };
}
