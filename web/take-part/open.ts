import type { Address } from "viem";
import type { Client } from "../../sdk/client.ts";
import { DEVELOPMENT_CHAIN } from "../../sdk/development.ts";
import { isSame } from "../me.ts";
import { load } from "../part.ts";
import { hasLocalKey, openLocalKey } from "./localKey.ts";
import type { Wallet } from "./wallet.ts";

/** Said where nobody can sign. */
export const NO_WALLET = "This browser has no wallet. Install one, or use a throw-away key on a development chain.";

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
  const found = await (await load(() => import("./injected.ts"))).findWallets(chainId, rpcUrl);
  if (found.length === 0) throw new Error(NO_WALLET);
  let other: Wallet | undefined;
  for (const { open } of found) {
    const wallet = await open();
    if (account === undefined || isSame(wallet.account, account)) return wallet;
    other ??= wallet;
  }
  throw new Error(`Your wallet is that of ${other?.account}; only the wallet of ${account} can send this.`);
}
