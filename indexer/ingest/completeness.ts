import type { Log, LogFilter, SealedHeader, Wanted } from "./blocks.ts";
import { covers, emptyBloom, mayContain, sameBloom } from "./bloom.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { askAllLogs, askLogs, type BlockLogs, wantedBy } from "./logs.ts";
import type { Rpc } from "./rpc.ts";

/** A block and those of its logs that are wanted, in order. */
export interface Block {
  header: SealedHeader;
  logs: Log[];
  /** Of the logs that the node returned. */
  bloom: Uint8Array;
}

const BLOCKS_AT_ONCE = 8;

/** Logs of one block, asked by its hash so that a reorg can't slip another block's logs in. Throws `RpcError`. */
export function readBlockLogs(rpc: Rpc, { filter, blooms }: Wanted, header: SealedHeader): Promise<Log[]> {
  return rpc.any(async (node) => {
    const blocks = blocksOf([header], await askLogs(node, { blockHash: header.hash }, filter));
    const [{ logs }] = (blooms ? await complete(node, blocks, filter) : blocks) as [Block];
    return logs;
  });
}

/**
 * The same blocks with no log missing. A block's logs must explain its bloom: if the wanted ones alone might not, all the
 * block's logs are requested. Throws {@link RpcError} if a bloom and the logs contradict each other.
 */
export async function complete(
  node: Endpoint,
  blocks: readonly Block[],
  filter: LogFilter,
  signal?: AbortSignal,
): Promise<Block[]> {
  const whole = [...blocks];
  const unexplained = [...blocks.keys()].filter((i) => !isExplained(blocks[i] as Block, filter));
  for (let start = 0; start < unexplained.length; start += BLOCKS_AT_ONCE)
    await Promise.all(
      unexplained.slice(start, start + BLOCKS_AT_ONCE).map(async (i) => {
        whole[i] = await readWhole(node, blocks[i] as Block, filter, signal);
      }),
    );
  return whole;
}

/** Assigns logs to their headers; throws {@link RpcError} for logs of another block. Both are in order. */
export function blocksOf(headers: readonly SealedHeader[], answered: readonly BlockLogs[]): Block[] {
  let next = 0;
  const blocks = headers.map((header): Block => {
    const found = answered[next];
    if (found?.blockHash !== header.hash || found.blockNumber !== header.number)
      return { header, logs: [], bloom: emptyBloom() };
    next++;
    return { header, logs: found.logs, bloom: found.bloom };
  });
  const stray = answered[next];
  if (stray)
    throw new RpcError(
      `The node answered with a log of block ${stray.blockNumber}, ${stray.blockHash}, which it was not asked for.`,
    );
  return blocks;
}

function isExplained({ header, logs, bloom }: Block, filter: LogFilter): boolean {
  const { number, logsBloom } = header;
  if (!logsBloom) throw withoutBlooms(`Block ${number} has no logsBloom, by which missing logs are found.`);
  if (!covers(logsBloom, bloom))
    throw withoutBlooms(`The logsBloom of block ${number} has no place for one of its logs.`);
  if (!mayHold(logsBloom, filter)) return true;
  return sameBloom(bloom, logsBloom) && isWithoutGap(logs) && isToTheEnd(header, logs);
}

const mayHold = (bloom: Uint8Array, { addresses, signatures, whole }: LogFilter): boolean =>
  whole.some((address) => mayContain(bloom, address)) ||
  (addresses.some((address) => mayContain(bloom, address)) && signatures.some((topic) => mayContain(bloom, topic)));

// A log may be missing if other logs set all of its bits.
const isWithoutGap = (logs: readonly Log[]): boolean => logs.every(({ logIndex }, i) => logIndex === i);

// A log after all the others may be missing too, if the node says that the later transactions have none.
const isToTheEnd = ({ lastTransaction }: SealedHeader, logs: readonly Log[]): boolean =>
  lastTransaction === undefined || logs.at(-1)?.transactionHash === lastTransaction;

async function readWhole(
  node: Endpoint,
  { header, logs: known }: Block,
  filter: LogFilter,
  signal?: AbortSignal,
): Promise<Block> {
  const [{ logs, bloom }] = blocksOf([header], await askAllLogs(node, header.hash, signal)) as [Block];
  if (!header.logsBloom || !sameBloom(bloom, header.logsBloom) || !isWithoutGap(logs))
    throw withoutBlooms(`The ${logs.length} logs of block ${header.number} are not all that its logsBloom shows.`);
  const wanted = logs.filter(wantedBy(filter));
  if (wanted.length < known.length)
    throw new RpcError(
      `The node answered with ${known.length} logs of block ${header.number}, and then with ${wanted.length} of them.`,
    );
  return { header, logs: wanted, bloom };
}

const withoutBlooms = (problem: string): RpcError =>
  new RpcError(`${problem} If the headers of this chain carry no true blooms, give --no-blooms.`);
