import type { Address } from "viem";
import type { Client } from "../sdk/client.ts";
import { callOf, type Sender } from "./sender.ts";

/** Deposits with a holder, Quorum unless told, what the sender's account lacks to have `amount` wei free there. */
export async function ensureDeposit(
  { rpc, contracts }: Client,
  sender: Sender,
  amount: bigint,
  holder: Address = contracts.quorum.address,
): Promise<void> {
  const { bonds } = contracts;
  const args = [holder, sender.account.address] as const;
  const { free } = await rpc.readContract({ ...bonds, functionName: "bondOf", args });
  if (free < amount) await sender.send(callOf({ ...bonds, functionName: "deposit", args, value: amount - free }));
}
