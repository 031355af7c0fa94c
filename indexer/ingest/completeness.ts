import { agreed, type Told } from "./agreement.ts";
import { type Log, type LogFilter, readHeaders, type SealedHeader, type Wanted } from "./blocks.ts";
import { bloomOf, covers, mayContain, sameBloom } from "./bloom.ts";
import type { Endpoint } from "./endpoint.ts";
import { RpcError } from "./errors.ts";
import { hashOf } from "./fields.ts";
import { askAllLogs, askLogs, type BlockLogs, wantedBy } from "./logs.ts";
import { readReceipts } from "./receipts.ts";
import type { Rpc } from "./rpc.ts";

/** A block and those of its logs that are wanted, in order. */
export interface Block {
  header: SealedHeader;
  logs: Log[];
  /** All that the node returned of it; none where the logs are proven. */
  returned: readonly Log[];
}

const BLOCKS_AT_ONCE = 8;

/**
 * Logs of one block: proven by its receipts where the node offers them, else asked by its hash so that a reorg can't slip
 * another block's logs in. Throws `RpcError`.
 */
export async function readBlockLogs(
  rpc: Rpc,
  { filter, blooms, faultOf, alone }: Wanted,
  header: SealedHeader,
): Promise<readonly Log[]> {
  const work = async (node: Endpoint, told?: Answer): Promise<Answer> => {
    if (told) return { ...told, block: (await renamed(node, [told.block]))[0] as Block };
    const proven = await readProven(node, [header], filter);
    if (proven) return { block: proven.blocks[0] as Block, isProven: true };
    const blocks = blocksOf([header], await askLogs(node, { blockHash: header.hash }, filter));
    const [block] = (blooms ? await complete(node, blocks, filter) : blocks) as [Block];
    checkFaults(block.logs, faultOf);
    return { block, isProven: false };
  };
  const toldOf = ({ block: { logs }, isProven }: Answer): Told => ({ logs, isProven });
  const { number } = header;
  const { block } = await agreed(rpc, rpc.any, work, toldOf, (node, isProven) =>
    alone?.({ from: number, to: number, node, isProven }),
  );
  return block.logs;
}

interface Answer {
  block: Block;
  isProven: boolean;
}

/**
 * Blocks and their wanted logs, each proven by a sealed header: by its bloom that there are none, else by its receipts
 * root. Undefined where they can't be: headers aren't sealed, or the node offers no receipts.
 */
export async function readProven(
  node: Endpoint,
  headers: readonly SealedHeader[],
  filter: LogFilter,
  signal?: AbortSignal,
): Promise<{ blocks: Block[]; bytes: number } | undefined> {
  if (
    !node.checks.receipts ||
    !headers.every(({ isSealed, logsBloom, receiptsRoot }) => isSealed && logsBloom && receiptsRoot)
  )
    return undefined;
  const holding = headers.filter(({ logsBloom }) => mayHold(logsBloom as Uint8Array, filter));
  const proven = await readReceipts(node, holding, signal);
  if (proven === undefined) return undefined;
  const isWanted = wantedBy(filter);
  const logsOf = new Map(holding.map(({ number }, i) => [number, (proven.logs[i] as Log[]).filter(isWanted)]));
  const blocks = headers.map((header) => ({ header, logs: logsOf.get(header.number) ?? [], returned: [] }));
  return { blocks, bytes: proven.bytes };
}

/**
 * Blocks whose logs another node proved, with the hashes of their transactions as this node's headers name them: receipts
 * don't hold these. Throws {@link RpcError}.
 */
export async function renamed(node: Endpoint, blocks: readonly Block[], signal?: AbortSignal): Promise<Block[]> {
  const holding = blocks.filter(({ logs }) => logs.length > 0);
  const headers = await readHeaders(
    node,
    holding.map(({ header }) => header.number),
    signal,
  );
  const named = new Map(headers.map(({ hash, transactions }) => [hash, transactions]));
  return blocks.map((block) => {
    const { header, logs } = block;
    if (logs.length === 0) return block;
    const own = header.transactions?.map(lower) ?? [];
    const theirs = named.get(header.hash);
    if (theirs?.length !== own.length)
      throw new RpcError(`The node doesn't have block ${header.hash}, or not its ${own.length} transactions.`);
    const hashOfLog = ({ transactionHash }: Log) => hashOf(theirs[own.indexOf(transactionHash)], "transactions");
    return { ...block, logs: logs.map((log) => ({ ...log, transactionHash: hashOfLog(log) })) };
  });
}

/** Throws {@link RpcError} for a log whose own fields contradict each other. */
export function checkFaults(logs: readonly Log[], faultOf: Wanted["faultOf"]): void {
  for (const log of logs) {
    const fault = faultOf?.(log);
    if (fault !== undefined)
      throw new RpcError(`The node answered with log ${log.logIndex} of block ${log.blockNumber}, which ${fault}.`);
  }
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
      return { header, logs: [], returned: [] };
    next++;
    return { header, logs: found.logs, returned: found.returned };
  });
  const stray = answered[next];
  if (stray)
    throw new RpcError(
      `The node answered with a log of block ${stray.blockNumber}, ${stray.blockHash}, which it was not asked for.`,
    );
  return blocks;
}

function isExplained({ header, logs, returned }: Block, filter: LogFilter): boolean {
  const { number, logsBloom } = header;
  if (!logsBloom) throw withoutBlooms(`Block ${number} has no logsBloom, by which missing logs are found.`);
  const bloom = bloomOf(returned);
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
const isToTheEnd = ({ transactions }: SealedHeader, logs: readonly Log[]): boolean =>
  transactions === undefined ||
  transactions.length === 0 ||
  logs.at(-1)?.transactionHash === lower(transactions.at(-1));

const lower = (hash: unknown): unknown => (typeof hash === "string" ? hash.toLowerCase() : hash);

async function readWhole(
  node: Endpoint,
  { header, logs: known }: Block,
  filter: LogFilter,
  signal?: AbortSignal,
): Promise<Block> {
  const [{ logs, returned }] = blocksOf([header], await askAllLogs(node, header.hash, signal)) as [Block];
  if (!header.logsBloom || !sameBloom(bloomOf(returned), header.logsBloom) || !isWithoutGap(logs))
    throw withoutBlooms(`The ${logs.length} logs of block ${header.number} are not all that its logsBloom shows.`);
  const wanted = logs.filter(wantedBy(filter));
  if (wanted.length < known.length)
    throw new RpcError(
      `The node answered with ${known.length} logs of block ${header.number}, and then with ${wanted.length} of them.`,
    );
  return { header, logs: wanted, returned };
}

const withoutBlooms = (problem: string): RpcError =>
  new RpcError(`${problem} If the headers of this chain carry no true blooms, give --no-blooms.`);
