import type { LocalAccount } from "viem";
import { followHeads } from "../participant/heads.ts";
import { createSender, type Sender } from "../participant/sender.ts";
import type { Client } from "../sdk/client.ts";
import type { Progress } from "./progress.ts";

/** Lets `work` send an account's transactions; the chain is followed until it is done. */
export async function withSender<T>(
  { rpc, deployment }: Client,
  account: LocalAccount,
  { say }: Progress,
  work: (sender: Sender) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  try {
    const heads = await followHeads(rpc, { signal: ending.signal, report: say });
    return await work(createSender(rpc, deployment.chainId, heads, account));
  } finally {
    ending.abort();
  }
}
