import type { TransactionReceipt } from "viem";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { quorum } from "../../../sdk/methods/quorum.ts";
import type { Sender } from "../../sender.ts";

/** Joins the list of verifiers, after depositing what the bond lacks, in wei. */
export async function join(client: Client, sender: Sender, deposit: bigint): Promise<TransactionReceipt> {
  const contract = contractOf(client, quorum);
  if (deposit > 0n) {
    const args = [contract.address, sender.account.address] as const;
    await sender.send(callOf({ ...client.contracts.bonds, functionName: "deposit", args, value: deposit }));
  }
  return sender.send(callOf({ ...contract, functionName: "join" }));
}
