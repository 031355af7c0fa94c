import type { Address, TransactionReceipt } from "viem";
import type { Call } from "../../sdk/calls.ts";
import type { Client } from "../../sdk/client.ts";
import { DEVELOPMENT_CHAIN } from "../../sdk/development.ts";
import { isSame } from "../me.ts";
import { load } from "../part.ts";
import { keptKey } from "./keptKey.ts";
import { openLocalKey } from "./localKey.ts";
import { send, type Wallet, walletSentence } from "./wallet.ts";

/**
 * The visitor's wallet: this browser's throw-away key where there is one, else the browser's wallet. Throws a sentence when
 * there is none, its owner refuses, or it isn't that of `account`.
 *
 * @param account Whose wallet it must be; any, if undefined.
 */
async function openWallet({ deployment, rpc }: Client, rpcUrl: string, account?: Address): Promise<Wallet> {
  const { chainId } = deployment;
  if (chainId === DEVELOPMENT_CHAIN && keptKey(localStorage, chainId) !== null) {
    const wallet = await openLocalKey(localStorage, rpc);
    if (account === undefined || isSame(wallet.account, account)) return wallet;
  }
  const found = await (await load(() => import("./injected.ts"))).findWallets(chainId, rpcUrl);
  let other: Wallet | undefined;
  for (const { open } of found) {
    const wallet = await open();
    if (account === undefined || isSame(wallet.account, account)) return wallet;
    other ??= wallet;
  }
  throw new Error(`Your wallet is that of ${other?.account}; only the wallet of ${account} can send this.`);
}

/**
 * Sends a call by the visitor's wallet, which must be that of `account` where one is given, and waits until it is mined.
 * Throws a sentence where it isn't.
 */
export async function sendByVisitor(
  client: Client,
  rpcUrl: string,
  call: Call,
  account?: Address,
): Promise<TransactionReceipt> {
  try {
    return await send(client.rpc, await openWallet(client, rpcUrl, account), call);
  } catch (cause) {
    throw new Error(walletSentence(cause), { cause });
  }
}
