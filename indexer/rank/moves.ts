import type { Address } from "viem";
import type { Changes, RowChange } from "../fold/changes.ts";
import type { Entry, EntryKey } from "../fold/entries.ts";
import type { LedgerEntry } from "../fold/ledger.ts";

/** An account's last ledger entry before and after some blocks; undefined where there was or is none. */
export interface Move {
  seasonId: number;
  account: Address;
  /** The participant's number, from 1. */
  number: number;
  before: EntryKey | undefined;
  after: EntryKey | undefined;
}

/** The position of a season's ledger. */
export interface Head {
  seq: bigint;
  participants: number;
}

/** A part of what blocks changed, up to the end of an epoch. */
interface Part {
  moved: readonly Move[];
  /** Epochs that ended up to here, in unix seconds, ended after these moves. */
  until: number;
  /** Of the seasons whose ledgers changed: how far they were then. */
  heads: ReadonlyMap<number, Head>;
}

/** Accounts whose places may have changed: one move each. */
export function movesOf(rows: Changes["rows"]): Move[] {
  const moves: Move[] = [];
  for (const change of rows) {
    const move = change.table === "entries" ? moveOf(ranked(change.before), ranked(change.after)) : undefined;
    if (move) moves.push(move);
  }
  return moves;
}

function moveOf(before: Entry | undefined, after: Entry | undefined): Move | undefined {
  const entry = after ?? before;
  if (!entry || before?.lastSeq === after?.lastSeq) return undefined;
  const { seasonId, account, number } = entry;
  return { seasonId, account, number, before, after };
}

/** Whether a season opens, or is no longer open. */
export const opensSeason = (change: RowChange): boolean =>
  change.table === "seasons" && change.before?.startsAt !== change.after?.startsAt;

/**
 * Splits what blocks changed at the ends of epochs: the ledger gives the order in which accounts moved, and where to.
 * `nextEnd` returns the earliest end of an epoch; it is called again after each part.
 */
export function* partsOf(
  { cursor, rows }: Changes,
  moves: readonly Move[],
  nextEnd: () => number,
  timeOf: (blockNumber: number) => number,
): Generator<Part, void> {
  if (nextEnd() > cursor.timestamp) return yield { moved: moves, until: cursor.timestamp, heads: new Map() };
  const heads = new Map<number, Head>();
  for (const change of rows)
    if (change.table === "seasons" && change.after)
      heads.set(change.after.seasonId, { seq: 0n, participants: 0, ...headOf(change.before) });
  const paths = new Map<number, Map<Address, Path>>(Array.from(heads.keys(), (seasonId) => [seasonId, new Map()]));
  for (const move of moves)
    paths.get(move.seasonId)?.set(move.account, { move, from: move.before, to: move.before, isMoved: false });
  let moved: Path[] = [];

  function partUntil(until: number): Part {
    const part = {
      moved: moved.map(moveAlong),
      until,
      heads: new Map(Array.from(heads, ([id, head]) => [id, { ...head }])),
    };
    moved = [];
    return part;
  }

  function go({ seasonId, account, points, seq }: LedgerEntry): void {
    const path = paths.get(seasonId)?.get(account) as Path;
    if (!path.isMoved) moved.push(path);
    path.isMoved = true;
    const head = heads.get(seasonId) as Head;
    head.seq = seq;
    if (!path.to) head.participants = path.move.number;
    path.to = { points, lastSeq: seq };
  }

  for (const change of rows) {
    if (change.table !== "ledger" || !change.after) continue;
    const time = timeOf(change.after.blockNumber);
    if (time >= nextEnd()) yield partUntil(time);
    go(change.after);
  }
  yield partUntil(cursor.timestamp);
}

/** How an account goes on within a move, part by part: from where the last part left it. */
interface Path {
  move: Move;
  from: EntryKey | undefined;
  to: EntryKey | undefined;
  isMoved: boolean;
}

/** The move of a part; the next part begins where it ends. */
function moveAlong(path: Path): Move {
  const { move, from, to } = path;
  path.from = to;
  path.isMoved = false;
  return { seasonId: move.seasonId, account: move.account, number: move.number, before: from, after: to };
}

const headOf = (season: Head | undefined): Head | undefined =>
  season && { seq: season.seq, participants: season.participants };

/** The entry if it is ranked: only one with a ledger entry is. */
const ranked = (entry: Entry | undefined): Entry | undefined => (entry && entry.lastSeq > 0n ? entry : undefined);
