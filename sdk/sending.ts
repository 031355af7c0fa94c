import { type Address, createWalletClient, custom, type LocalAccount, type TransactionReceipt } from "viem";
import type { Call } from "./calls.ts";
import type { Client } from "./client.ts";
import { RevertError } from "./errors.ts";
import { gasFor } from "./gas.ts";

/** Has an account's calls mined. */
export interface CallSender {
  readonly account: { readonly address: Address };
  /** Sends a call and waits until it is mined. Throws a `RevertError` when a contract refuses it. */
  send(call: Call): Promise<TransactionReceipt>;
}

/**
 * Sends an account's calls one after the other over a client's RPC. For short work on an RPC that answers: nothing is sent
 * again. No other sender may use the account at the same time.
 */
export function accountSender({ rpc }: Client, account: LocalAccount): CallSender {
  const wallet = createWalletClient({ account, transport: custom(rpc) });
  let last: Promise<unknown> = Promise.resolve();

  const submit = async ({ name, to, data, value }: Call): Promise<TransactionReceipt> => {
    const gas = await gasFor(rpc, account.address, { name, to, data, value });
    const hash = await wallet.sendTransaction({ to, data, value, gas, chain: null });
    const receipt = await rpc.waitForTransactionReceipt({ hash, pollingInterval: 500 });
    if (receipt.status === "reverted") throw new RevertError(name, undefined);
    return receipt;
  };

  return {
    account,
    send(call) {
      const sent = last.then(() => submit(call));
      last = sent.catch(() => undefined);
      return sent;
    },
  };
}
