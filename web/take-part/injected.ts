import { type Address, defineChain, http } from "viem";
import { type Connector, createConfig } from "wagmi";
import { connect, getConnection, sendTransaction, switchChain, watchConnection } from "wagmi/actions";
import { injected } from "wagmi/connectors/injected";
import { type Wallet, walletSentence } from "./wallet.ts";

/** A wallet of this browser, not connected yet. */
export interface FoundWallet {
  /** As it calls itself; any text. */
  name: string;
  /** Connects to the deployment's chain. Throws a sentence when its owner refuses. */
  open(): Promise<Wallet>;
}

/** Milliseconds that wallets have to announce themselves. They do it at once, as far as they are loaded. */
const ANNOUNCING = 100;

/**
 * The wallets of this browser: those that announce themselves (EIP-6963), else the one that others left at
 * `window.ethereum`. Throws a sentence where there is none.
 *
 * @param rpcUrl Offered to a wallet that doesn't know the chain.
 */
export async function findWallets(chainId: number, rpcUrl: string): Promise<FoundWallet[]> {
  const chain = defineChain({
    id: chainId,
    name: `Proofboard's chain ${chainId}`,
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const config = createConfig({
    ...{ chains: [chain], connectors: [injected()], transports: { [chainId]: http(rpcUrl) } },
    // Without one: a kept connection would pass for the one that is made now.
    storage: null,
  });
  await new Promise((wake) => setTimeout(wake, ANNOUNCING));
  const { connectors } = config;
  const announced = connectors.filter(({ id }) => id !== "injected");
  const unannounced = connectors.filter(({ id }) => id === "injected");
  const found: Connector[] = [];
  for (const connector of announced.length > 0 ? announced : unannounced)
    if (await connector.getProvider()) found.push(connector);
  if (found.length === 0)
    throw new Error("This browser has no wallet. Install one, or use a throw-away key on a development chain.");
  return found.map((connector) => ({
    name: connector.name,
    open: () => openConnector(config, connector, chainId),
  }));
}

async function openConnector(
  config: ReturnType<typeof createConfig>,
  connector: Connector,
  chainId: number,
): Promise<Wallet> {
  await connect(config, { connector });
  const onChain = async (): Promise<void> => {
    const { chainId: current } = getConnection(config);
    if (current === chainId) return;
    await switchChain(config, { chainId }).catch((cause: unknown) => {
      throw new Error(
        `Your wallet is on chain ${current}, and this is chain ${chainId}: switch it and try again. ${walletSentence(cause)}`,
      );
    });
  };
  await onChain();
  const account = getConnection(config).address;
  if (account === undefined) throw new Error("The wallet named no account.");
  return {
    kind: "injected",
    account,
    submit: async ({ to, data, value }, gas) => {
      await onChain();
      return sendTransaction(config, { account, chainId, to, data, value, gas });
    },
    onAccount: (listen: (account: Address | undefined) => void) =>
      watchConnection(config, {
        onChange: ({ address, status }) => {
          if (status !== "reconnecting" && status !== "connecting" && address !== account) listen(address);
        },
      }),
  };
}
