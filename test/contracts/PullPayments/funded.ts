import type { HardhatEthers } from "@nomicfoundation/hardhat-ethers/types";
import type { NetworkHelpers } from "@nomicfoundation/hardhat-network-helpers/types";
import { ask, ETH, requestOf, requestsProtocol } from "../InferenceRequests/asked.ts";

/** InferenceRequests, which owes the requester 5,000 of ETH and of a token, and holds as much of each for open requests. */
export async function funded(ethers: HardhatEthers, helpers: NetworkHelpers) {
  const p = await requestsProtocol(ethers, helpers);
  const owe = async (token: string, nonce: bigint) => {
    const asked = await requestOf(p, { token, nonce });
    await ask(p, asked);
    await p.requests.connect(p.requester).cancel(asked);
  };
  for (const token of [ETH, p.token.target as string]) {
    await owe(token, 1n);
    await ask(p, await requestOf(p, { token, nonce: 2n }));
  }
  return { ...p, owe };
}
