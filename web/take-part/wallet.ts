import type { Address, Hex, PublicClient, TransactionReceipt } from "viem";
import type { Call } from "../../sdk/calls.ts";
import { RevertError, revertDataOf } from "../../sdk/errors.ts";

/** An account that can send transactions: a wallet's, or a key kept in this browser. */
export interface Wallet {
  /** `local` keys are for development chains only. */
  kind: "local" | "injected";
  account: Address;
  /** Broadcasts a transaction with this much gas and answers its hash. */
  submit(call: Call, gas: bigint): Promise<Hex>;
}

/** The most gas of a transaction by EIP-7825. */
const MOST_GAS = 2n ** 24n;

/** Sends a call and waits until it is mined. Throws {@link RevertError} when a contract refuses it. */
export async function send(rpc: PublicClient, wallet: Wallet, call: Call): Promise<TransactionReceipt> {
  const gas = await estimate(rpc, wallet.account, call);
  const hash = await wallet.submit(call, gas);
  const receipt = await rpc.waitForTransactionReceipt({ hash, pollingInterval: 500 });
  if (receipt.status === "reverted") throw new RevertError(call.name, undefined);
  return receipt;
}

// Other transactions may come first and make this one dearer.
async function estimate(rpc: PublicClient, account: Address, { name, to, data, value }: Call): Promise<bigint> {
  try {
    const gas = ((await rpc.estimateGas({ account, to, data, value })) * 3n) / 2n;
    return gas < MOST_GAS ? gas : MOST_GAS;
  } catch (error) {
    const reason = revertDataOf(error);
    throw reason === undefined ? error : new RevertError(name, reason, { cause: error });
  }
}
