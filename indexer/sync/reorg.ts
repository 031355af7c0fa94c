import { type Header, readHeader, readHeaders } from "../ingest/blocks.ts";
import { FatalError, RpcError } from "../ingest/errors.ts";
import { onceThere } from "../store/eventual.ts";
import { progressOf, type SyncContext } from "./context.ts";
import { announceReorg, isDropped, startOver } from "./start.ts";

/** The node gave up a block that was final. */
export class DeepReorg extends RpcError {
  override name = "DeepReorg";
  readonly blockNumber: number;

  constructor(blockNumber: number) {
    super(`Block ${blockNumber} was final and the node no longer has it.`);
    this.blockNumber = blockNumber;
  }
}

/**
 * Rolls back to the last block that is still on the chain, and starts over where there is none and none was final. Throws
 * {@link DeepReorg} rather than undo a final block, and {@link RpcError} when the node only lags behind.
 */
export async function undoReorg(context: SyncContext, head: Header): Promise<void> {
  const { writer, status, warn } = context;
  const { cursor, finalized } = await progressOf(context);
  if (head.hash === cursor.hash || (head.number === cursor.number + 1 && head.parentHash === cursor.hash)) return;

  const final = Math.min(finalized, cursor.number);
  let at = Math.min(head.number, cursor.number);
  if (at < final) throw lags(head, cursor);
  while ((await writer.header(at)) && !(await isOnChain(context, at))) {
    if (at === final) throw await deepReorg(context, at);
    at--;
  }
  if (at === cursor.number) return;
  // The node's chain is the beginning of ours: nothing was undone.
  if (at === head.number) throw lags(head, cursor);
  if (await writer.header(at)) await rollback(context, at);
  else await startOver(context);
  status.reorgs++;
  warn(`Blocks ${at + 1} to ${cursor.number} were reorganised.`);
}

/** That a final block is gone, unless another node still has it: then only this one lies, or is on a fork. */
async function deepReorg({ rpc, writer }: SyncContext, blockNumber: number): Promise<RpcError> {
  const kept = (await writer.header(blockNumber))?.hash;
  const told = await rpc.all((node) => readHeaders(node, [blockNumber]));
  const still = told.find(({ result }) => !(result instanceof RpcError) && result[0]?.hash === kept);
  const gone = told.find(({ result }) => !(result instanceof RpcError) && result[0]?.hash !== kept);
  if (still && gone)
    return new RpcError(`${gone.node.name} has another final block ${blockNumber} than ${still.node.name}.`);
  return new DeepReorg(blockNumber);
}

/** Undoes the blocks above one, and announces it. */
export async function rollback(context: SyncContext, blockNumber: number): Promise<void> {
  const { writer } = context;
  if ((await writer.progress())?.cursor.number === blockNumber) return;
  const cursor = (await writer.header(blockNumber)) as Header;
  await onceThere(writer.rollback(blockNumber), () => announceReorg(context, cursor));
}

/** What to do about a reorganisation of final blocks that stays: only a person can tell which chain is right. */
export async function wayOut(context: SyncContext, { message, blockNumber }: DeepReorg): Promise<FatalError> {
  const { cursor } = await progressOf(context);
  const common = await findCommon(context, blockNumber).catch(() => undefined);
  const remedy = common
    ? `To follow the node's chain, run "indexer rewind --to ${common.number}" with this --deployment and --db, and start again with a higher --finality.`
    : "No block that is kept is on the node's chain: check the node, or index anew into another --db with a higher --finality.";
  return new FatalError(
    `${message} The reorganisation is deeper than the ${cursor.number - blockNumber} blocks that may change. ${remedy}`,
  );
}

/** The highest block below this one that is kept and on the node's chain, found by halving. */
async function findCommon(context: SyncContext, below: number): Promise<Header | undefined> {
  let common: Header | undefined;
  let [low, high] = [0, below];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const kept = await context.writer.highest(middle);
    if (kept && !(await isOnChain(context, kept.number))) high = kept.number;
    else {
      common = kept ?? common;
      low = middle + 1;
    }
  }
  return common;
}

/** Whether a kept block is on the node's chain. Where no node has it any more, the block after it names it. */
async function isOnChain({ rpc, writer }: SyncContext, blockNumber: number): Promise<boolean> {
  const kept = (await writer.header(blockNumber))?.hash;
  try {
    return (await readHeader(rpc, blockNumber)).hash === kept;
  } catch (error) {
    if (!(await isDropped(rpc, blockNumber, error))) throw error;
    return (await readHeader(rpc, blockNumber + 1)).parentHash === kept;
  }
}

const lags = (head: Header, cursor: Header): RpcError =>
  new RpcError(`The node is at block ${head.number}, but block ${cursor.number} is indexed already.`);
