import { type Header, type Log, readRange, type Wanted } from "./blocks.ts";
import { type Rpc, RpcError } from "./rpc.ts";

/** Final blocks in a row, checked as far as a node's answers can be. */
export interface Range {
  from: number;
  to: number;
  /** Of the blocks with logs and of the last one, in order. */
  headers: Header[];
  /** In the chain's order. */
  logs: Log[];
}

/** {@link readRanges} reads the blocks after `after` up to the final block number `to`. */
export interface RangesWanted extends Wanted {
  after: Header;
  to: number;
}

/**
 * Final blocks in order, the next ones fetched while the caller works on the present ones. Throws `RpcError` when no node
 * gives answers that fit together; every range yielded before holds nonetheless.
 */
export async function* readRanges(rpc: Rpc, { filter, after, to }: RangesWanted): AsyncGenerator<Range> {
  let span = 32;
  let before = after;
  while (before.number < to) {
    const from = before.number + 1;
    const range = await readRange(rpc, filter, from, to, span);
    const first = range.headers[0] as Header;
    if (first.number === from && first.parentHash !== before.hash)
      throw new RpcError(`Block ${from} does not follow ${before.hash}, which was final.`);
    span = range.span;
    before = range.headers.at(-1) as Header;
    yield { from, to: before.number, headers: range.headers, logs: range.logs };
  }
}
