import { defineChain, http } from "viem";
import { createConfig } from "wagmi";
import { connect, getAccount, sendTransaction, switchChain } from "wagmi/actions";
import { injected } from "wagmi/connectors/injected";
import type { Wallet } from "./wallet.ts";

/**
 * Connects the browser's wallet to the deployment's chain. Throws a sentence when there is none, or its owner refuses.
 *
 * @param rpcUrl Offered to a wallet that doesn't know the chain.
 */
export async function openInjected(chainId: number, rpcUrl: string): Promise<Wallet> {
  const chain = defineChain({
    id: chainId,
    name: `Proofboard's chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const config = createConfig({ chains: [chain], connectors: [injected()], transports: { [chainId]: http(rpcUrl) } });
  const [connector] = config.connectors;
  if (connector === undefined || !(await connector.getProvider()))
    throw new Error("This browser has no wallet. Install one, or use a throw-away key on a development chain.");
  await connect(config, { connector });
  if (getAccount(config).chainId !== chainId) await switchChain(config, { chainId });
  const account = getAccount(config).address;
  if (account === undefined) throw new Error("The wallet named no account.");
  return {
    kind: "injected",
    account,
    submit: ({ to, data, value }, gas) => sendTransaction(config, { account, chainId, to, data, value, gas }),
  };
}
