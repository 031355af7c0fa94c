import type { Address, PublicClient } from "viem";
import type { Call } from "../../sdk/calls.ts";
import { gasFor } from "../../sdk/gas.ts";

/** What sending a call takes, in wei. */
export interface Fee {
  /** What the network takes at most for the gas that is asked for, at its present price; undefined where that can't be known. */
  fee: bigint | undefined;
  /** What the account lacks of value and fee. */
  lacking: bigint;
}

/** What sending a call by this account takes. Throws a `RevertError` when a contract would refuse it. */
export async function feeOf(rpc: PublicClient, account: Address, call: Call): Promise<Fee> {
  const [balance, price] = await Promise.all([rpc.getBalance({ address: account }), rpc.getGasPrice()]);
  // A node doesn't estimate what the account can't pay.
  if (balance < call.value) return { fee: undefined, lacking: call.value - balance };
  const fee = (await gasFor(rpc, account, call)) * price;
  const needed = call.value + fee;
  return { fee, lacking: needed > balance ? needed - balance : 0n };
}
