import type { Address, Hex } from "viem";

/**
 * What a contract returns to call data by now, over the RPC at `rpcUrl`; throws where it answers nothing. `eth_call` alone: a
 * whole client is more than a page may load at first.
 */
export async function ethCall(rpcUrl: string, to: Address, data: Hex): Promise<Hex> {
  const response = await fetch(rpcUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_call", params: [{ to, data }, "latest"] }),
  });
  const { result } = (await response.json()) as { result?: unknown };
  if (typeof result !== "string" || !/^0x([0-9a-f]{2})*$/i.test(result)) throw new Error(`${to} answered nothing.`);
  return result as Hex;
}
