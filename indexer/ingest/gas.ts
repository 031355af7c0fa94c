import type { Hex } from "viem";
import { objectOf, quantityOf } from "./fields.ts";
import type { Rpc } from "./rpc.ts";

/** Gas that transactions used, in the order of their hashes; undefined for those that the node doesn't know. Throws `RpcError`. */
export const readGas = (rpc: Pick<Rpc, "any">, hashes: readonly Hex[]): Promise<(number | undefined)[]> =>
  rpc.any(async (node) => {
    const receipts = await node.batch(
      "eth_getTransactionReceipt",
      hashes.map((hash) => [hash]),
    );
    return receipts.map((receipt) =>
      receipt === null ? undefined : quantityOf(objectOf(receipt, "a receipt").gasUsed, "gasUsed"),
    );
  });
