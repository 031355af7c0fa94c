import type { Sender } from "../../participant/sender.ts";
import type { Client } from "../../sdk/client.ts";
import { setProfileCall } from "../../sdk/profileSet.ts";
import type { DemoAccounts } from "./accounts.ts";

/** Has some accounts say what they are called; the cheat's name looks like an honest prover's. */
export async function nameAccounts(
  client: Client,
  { provers, cheat, batcher, forger }: DemoAccounts,
  senderOf: (account: Sender["account"]) => Sender,
): Promise<void> {
  const [ada, grace] = provers as Sender["account"][] as [Sender["account"], Sender["account"]];
  const named: [Sender["account"], name: string, link?: string][] = [
    [ada, "Ada", "https://example.org/ada"],
    [cheat, "\u0410da"],
    [grace, "Grace Hopper"],
    [batcher, "毛利 🦊"],
    [forger, "<b>Forger</b>"],
  ];
  await Promise.all(
    named.map(([account, name, link = ""]) => senderOf(account).send(setProfileCall(client, name, link))),
  );
}
