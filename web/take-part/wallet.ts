import {
  type Address,
  type Hex,
  type PublicClient,
  type ReplacementReason,
  type TransactionReceipt,
  WaitForTransactionReceiptTimeoutError,
} from "viem";
import type { Call } from "../../sdk/calls.ts";
import { RevertError, sentenceOf } from "../../sdk/errors.ts";
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
 * declined it, cancelled it or put another transaction in its place, or when no block took it for minutes.
 */
export async function send(rpc: PublicClient, wallet: Wallet, call: Call): Promise<TransactionReceipt> {
  const gas = await gasFor(rpc, wallet.account, call);
  const hash = await wallet.submit(call, gas);
  let replaced: ReplacementReason | undefined;
  const receipt = await rpc
    .waitForTransactionReceipt({
      hash,
      pollingInterval: 500,
      onReplaced: ({ reason }) => {
        replaced = reason;
      },
    })
    .catch((cause: unknown) => {
      if (!(cause instanceof WaitForTransactionReceiptTimeoutError)) throw cause;
      const what = `"${call.name}" was sent as ${hash}, and no block has it yet`;
      throw new Error(`${what}: speed it up or cancel it in the wallet, if it offers that.`, { cause });
    });
  // The receipt is of the transaction that has the nonce; one at another price is still this call.
  if (replaced === "cancelled") throw new Error(`"${call.name}" was cancelled in the wallet: nothing was done.`);
  if (replaced === "replaced") throw new Error(`Another transaction took the place of "${call.name}" in the wallet.`);
  if (receipt.status === "reverted") throw new RevertError(call.name, undefined);
  return receipt;
}

// Codes of EIP-1193 and EIP-1474.
const REFUSALS: ReadonlyMap<unknown, string> = new Map([
  [4001, "You declined that in the wallet: nothing was sent."],
  [4100, "Your wallet doesn't let this page use the account: connect it again."],
  [4900, "Your wallet can't reach any chain."],
  [-32002, "Your wallet still waits for an answer to an earlier question: open it and answer there."],
]);

/** What a wallet refused, or why a call wasn't sent, in a sentence. */
export function walletSentence(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const refusal = REFUSALS.get((cause as { code?: unknown }).code);
    if (refusal !== undefined) return refusal;
    // Of wagmi, whose messages name its version.
    if (/^Connector/.test(cause.name)) return "Your wallet was locked or disconnected: connect it again.";
  }
  return sentenceOf(error);
}
