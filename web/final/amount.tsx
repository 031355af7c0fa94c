import { useQuery } from "@tanstack/react-query";
import type { Address, Hex } from "viem";
import { useReachable } from "../chain.ts";
import { group } from "../format.ts";
import { amountText, readToken, type Token } from "./token.ts";

/** How a token calls itself, read from the chain; undefined while it isn't known. */
export function useToken(address: Address | undefined): Token | undefined {
  const rpcUrl = useReachable()?.rpcUrl;
  return useQuery({
    queryKey: [`chain/token ${address}`],
    queryFn: () => readToken((data) => call(rpcUrl as string, address as Address, data)),
    enabled: address !== undefined && rpcUrl !== undefined,
    retry: false,
  }).data;
}

/** `eth_call` alone: a whole client is more than the start page may load. */
async function call(rpcUrl: string, to: Address, data: Hex): Promise<Hex> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [{ to, data }, "latest"] }),
  });
  const { result } = (await response.json()) as { result?: unknown };
  if (typeof result !== "string" || !/^0x([0-9a-f]{2})*$/i.test(result)) throw new Error("The token answered nothing.");
  return result as Hex;
}

/** An amount of a token; hovering shows it in the token's smallest unit. */
export function Amount({ value, address, token }: { value: string; address: Address; token: Token | undefined }) {
  return (
    <span className="amount" title={`${group(value)} smallest units of ${address}`}>
      {amountText(value, address, token)}
    </span>
  );
}
