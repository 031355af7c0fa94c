import { compared, differenceOf, type Told } from "../ingest/agreement.ts";
import type { Span } from "../ingest/blocks.ts";
import type { Endpoint } from "../ingest/endpoint.ts";
import { RpcError } from "../ingest/errors.ts";
import { readCheckedRange, readUncheckedRange } from "../ingest/node-range.ts";
import { createRangeSize } from "../ingest/range-size.ts";
import { toldOf } from "../ingest/ranges.ts";
import { progressOf, type SyncContext } from "./context.ts";
import { rollback } from "./reorg.ts";
import { startOver } from "./start.ts";

/** Blocks that were read on one node's word, as no other answered just then; only this process knows of them. */
export interface Uncompared {
  /**
   * Adds some, which may be known already. Of too many stretches the oldest is forgotten. Throws {@link RpcError} where
   * others contradicted what the node told of them before.
   */
  add(span: Span): void;
  /** Some of them up to this block, if it is their turn: to be called once a round. */
  next(final: number): Span | undefined;
  /** These were compared: nodes' answers had about so many bytes. */
  done(span: Span, bytes: number): void;
  /** Others contradicted these: their node isn't believed alone about them again. */
  refuted(span: Span, contradiction: string): void;
  /**
   * No other node answered about these: another stretch is next, with fewer blocks, and only after some rounds, twice as
   * many each time.
   */
  wait(span: Span): void;
}

const MOST_SPANS = 1_000;
/** In rounds. */
const LONGEST_WAIT = 64;

export function createUncompared(warn: (message: string) => void): Uncompared {
  const spans: Span[] = [];
  const refutations: (Span & { contradiction: string })[] = [];
  const size = createRangeSize();
  let turn = 0;
  let wait = 1;
  let rounds = 0;
  return {
    add(span) {
      const { from, to, node } = span;
      const refutation = refutations.find((each) => each.node === node && each.from <= to && from <= each.to);
      if (refutation) throw new RpcError(refutation.contradiction);
      const known = spans.find((each) => isAlike(each, span) && each.from <= to + 1 && from <= each.to + 1);
      if (known) {
        known.from = Math.min(known.from, from);
        known.to = Math.max(known.to, to);
      } else if (spans.push({ ...span }) > MOST_SPANS) {
        const forgotten = spans.shift() as Span;
        warn(`Blocks ${forgotten.from} to ${forgotten.to} stay as ${forgotten.node.name} alone told them.`);
      }
    },
    next(final) {
      if (rounds > 0) rounds--;
      if (rounds > 0) return undefined;
      const due = spans.filter(({ from }) => from <= final);
      const span = due[turn % due.length];
      return span && { ...span, to: Math.min(span.to, final, span.from + size.blocks() - 1) };
    },
    done(part, bytes) {
      const at = spans.findIndex((each) => isAlike(each, part) && each.from === part.from);
      const span = spans[at];
      if (!span) return;
      if (span.to <= part.to) spans.splice(at, 1);
      else span.from = part.to + 1;
      size.succeeded(part.to - part.from + 1, bytes);
      wait = 1;
    },
    refuted(span, contradiction) {
      if (refutations.push({ ...span, contradiction }) > MOST_SPANS) refutations.shift();
    },
    wait({ from, to }) {
      size.failed(to - from + 1);
      turn++;
      wait = Math.min(2 * wait, LONGEST_WAIT);
      rounds = wait;
    },
  };
}

const isAlike = (a: Span, b: Span): boolean => a.node === b.node && a.isProven === b.isProven;

/**
 * Compares some blocks that were read on one node's word with what others tell now, once they are final: a fork is no lie.
 * Where these contradict it, the chain is read again from there.
 */
export async function compareLater(context: SyncContext): Promise<void> {
  const { rpc, decoder, blooms, faultOf, uncompared, localLogs, signal } = context;
  const { cursor, finalized } = await progressOf(context);
  const span = uncompared.next(Math.min(cursor.number, finalized));
  if (!span) return;
  const { from, to, node, isProven } = span;
  const read = blooms ? readCheckedRange : readUncheckedRange;
  const question = { filter: decoder.filter, faultOf, from, to, followed: to < cursor.number, signal };
  const stored = { logs: await localLogs(from, to), isProven };
  let bytes = 0;
  async function work(other: Endpoint): Promise<Told> {
    const range = await read(other, question);
    bytes = Math.max(bytes, range.bytes);
    return toldOf(range);
  }
  let contradiction: string | undefined;
  try {
    const told = await compared(rpc, { node, answer: stored }, work, (answer) => answer);
    if (!told) return uncompared.wait(span);
    const difference = differenceOf(stored.logs, told.logs);
    if (difference) contradiction = `${node.name} told ${difference[0]}; others tell ${difference[1]}.`;
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
    contradiction = error.message;
  }
  if (contradiction !== undefined) {
    await readAgain(context, from, contradiction);
    uncompared.refuted(span, contradiction);
  }
  uncompared.done(span, bytes);
}

/** Undoes the blocks from this one on, and those before it of which nothing is kept: all where that are all. */
async function readAgain(context: SyncContext, from: number, contradiction: string): Promise<void> {
  const { writer, warn, startBlock } = context;
  const before = await writer.highest(from - 1);
  warn(`${contradiction} Reading again from block ${before ? before.number + 1 : startBlock}.`);
  if (before) await rollback(context, before.number);
  else await startOver(context);
}
