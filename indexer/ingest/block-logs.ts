import type { SealedHeader } from "./blocks.ts";
import { type Block, blocksOf, complete } from "./completeness.ts";
import { askLogs, type Log } from "./logs.ts";
import type { Rpc } from "./rpc.ts";
import type { Wanted } from "./wanted.ts";

/** Logs of one block, asked by its hash so that a reorg can't slip another block's logs in. Throws `RpcError`. */
export function readBlockLogs(rpc: Rpc, { filter, blooms }: Wanted, header: SealedHeader): Promise<Log[]> {
  return rpc.any(async (node) => {
    const blocks = blocksOf([header], await askLogs(node, { blockHash: header.hash }, filter));
    const [{ logs }] = (blooms ? await complete(node, blocks, filter) : blocks) as [Block];
    return logs;
  });
}
