import { type Client, connect } from "../../sdk/client.ts";
import { parseDeployment } from "../../sdk/deployment.ts";
import type { Reachable } from "../chain.ts";
import { placeOf } from "../runs/kept.ts";
import { runHere } from "../runs/run.ts";
import type { FoundWallet } from "./injected.ts";
import { openJournal } from "./journal.ts";
import { openLocalKey } from "./localKey.ts";
import type { Tools } from "./prove.ts";
import { type Wallet, walletSentence } from "./wallet.ts";

/** Takes part by a wallet of this browser. Throws a sentence when its owner refuses. */
export const openByWallet = (deployment: Reachable, { open }: FoundWallet): Promise<Tools> =>
  openTools(deployment, () => open());

/** Takes part by this browser's throw-away key. Throws a sentence where the chain is no development chain. */
export const openByKey = (deployment: Reachable): Promise<Tools> =>
  openTools(deployment, ({ rpc }) => openLocalKey(localStorage, rpc));

async function openTools(reachable: Reachable, open: (client: Client) => Promise<Wallet>): Promise<Tools> {
  const deployment = parseDeployment(reachable);
  const client = connect(deployment, reachable.rpcUrl);
  const wallet = await open(client).catch((cause: unknown) => {
    throw new Error(walletSentence(cause), { cause });
  });
  const registry = deployment.contracts.AttestationRegistry.address;
  return {
    client,
    wallet,
    journal: openJournal(localStorage, { chainId: deployment.chainId, registry, account: wallet.account }),
    run: (modelId, inputs, isTraced) => runHere(placeOf(reachable, modelId), { inputs, isTraced }),
  };
}
