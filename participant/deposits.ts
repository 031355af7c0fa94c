import type { Address } from "viem";
import { callOf } from "../sdk/calls.ts";
import type { Client } from "../sdk/client.ts";
import type { Sender } from "./sender.ts";

/** Deposits what the sender's account is missing, so that it has `amount` wei free with a holder. */
export async function ensureDeposit(
  { rpc, contracts }: Client,
  sender: Sender,
  holder: Address,
  amount: bigint,
): Promise<void> {
  const { bonds } = contracts;
  const args = [holder, sender.account.address] as const;
  const { free } = await rpc.readContract({ ...bonds, functionName: "bondOf", args });
  if (free < amount) await sender.send(callOf({ ...bonds, functionName: "deposit", args, value: amount - free }));
}
