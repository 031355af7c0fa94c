import { useQuery } from "@tanstack/react-query";
import type { Address } from "viem";
import { useReachable } from "../chain.ts";
import { ethCall } from "../ethCall.ts";
import { group } from "../format.ts";
import { amountText, readToken, type Token } from "./token.ts";

/** How a token calls itself, read from the chain; undefined while it isn't known. */
export function useToken(address: Address | undefined): Token | undefined {
  const rpcUrl = useReachable()?.rpcUrl;
  return useQuery({
    queryKey: [`chain/token ${address}`],
    queryFn: () => readToken((data) => ethCall(rpcUrl as string, address as Address, data)),
    enabled: address !== undefined && rpcUrl !== undefined,
    retry: false,
  }).data;
}

/** An amount of a token; hovering shows it in the token's smallest unit. */
export function Amount({ value, address, token }: { value: string; address: Address; token: Token | undefined }) {
  return (
    <span className="amount" title={`${group(value)} smallest units of ${address}`}>
      {amountText(value, address, token)}
    </span>
  );
}
