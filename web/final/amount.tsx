import type { Address } from "viem";
import { useChain } from "../chain.ts";
import { group } from "../format.ts";
import { amountText, readToken, type Token } from "./token.ts";

/** How a token calls itself, read from the chain; undefined while it isn't known. */
export const useToken = (address: Address | undefined): Token | undefined =>
  useChain(address && `token ${address}`, (client) => readToken(client, address as Address)).data;

/** An amount of a token; hovering shows it in the token's smallest unit. */
export function Amount({ value, address, token }: { value: string; address: Address; token: Token | undefined }) {
  return (
    <span className="amount" title={`${group(value)} smallest units of ${address}`}>
      {amountText(value, address, token)}
    </span>
  );
}
