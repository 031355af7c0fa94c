import type { Address } from "viem";
import type { Client } from "../../sdk/client.ts";
import { DEVELOPMENT_CHAIN } from "../../sdk/development.ts";
import { isSame } from "../me.ts";
import { hasLocalKey, openLocalKey } from "./localKey.ts";
import type { Wallet } from "./wallet.ts";

/**
 * The visitor's wallet: this browser's throw-away key where there is one, else the browser's wallet. Throws a sentence when
 * there is none, its owner refuses, or it isn't that of `account`.
 *
 * @param account Whose wallet it must be; any, if undefined.
 */
export async function openWallet({ deployment, rpc }: Client, rpcUrl: string, account?: Address): Promise<Wallet> {
  const { chainId } = deployment;
  if (chainId === DEVELOPMENT_CHAIN && hasLocalKey(localStorage, chainId)) {
    const wallet = await openLocalKey(localStorage, rpc);
    if (account === undefined || isSame(wallet.account, account)) return wallet;
  }
  const wallet = await (await import("./injected.ts")).openInjected(chainId, rpcUrl);
  if (account === undefined || isSame(wallet.account, account)) return wallet;
  throw new Error(`Your wallet is that of ${wallet.account}; only the wallet of ${account} can send this.`);
}
