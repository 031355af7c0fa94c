import type { Address, Hex, PublicClient, ReplacementReason, TransactionReceipt } from "viem";
import type { Call } from "../../sdk/calls.ts";
import { RevertError } from "../../sdk/errors.ts";
import { gasFor } from "../../sdk/gas.ts";

/** An account that can send transactions: a wallet's, or a key kept in this browser. */
export interface Wallet {
  /** `local` keys are for development chains only. */
  kind: "local" | "injected";
  account: Address;
  /** Broadcasts a transaction with this much gas and answers its hash. */
  submit(call: Call, gas: bigint): Promise<Hex>;
  /** Calls `listen` when the wallet has another account from now on, or none; answers what ends that. */
  onAccount?(listen: (account: Address | undefined) => void): () => void;
}

/**
 * Sends a call and waits until it is mined. Throws {@link RevertError} when a contract refuses it, a sentence when its owner
 * cancelled it or put another transaction in its place.
 */
export async function send(rpc: PublicClient, wallet: Wallet, call: Call): Promise<TransactionReceipt> {
  const gas = await gasFor(rpc, wallet.account, call);
  const hash = await wallet.submit(call, gas);
  let replaced: ReplacementReason | undefined;
  const receipt = await rpc.waitForTransactionReceipt({
    hash,
    pollingInterval: 500,
    onReplaced: ({ reason }) => {
      replaced = reason;
    },
  });
  // The receipt is of the transaction that has the nonce; one at another price is still this call.
  if (replaced === "cancelled") throw new Error(`"${call.name}" was cancelled in the wallet: nothing was done.`);
  if (replaced === "replaced") throw new Error(`Another transaction took the place of "${call.name}" in the wallet.`);
  if (receipt.status === "reverted") throw new RevertError(call.name, undefined);
  return receipt;
}
