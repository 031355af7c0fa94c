import type { Address } from "viem";
import type { Changes, RowChange } from "../fold/changes.ts";
import type { Entry, EntryKey } from "../fold/entries.ts";

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
    if (change.table !== "entries") continue;
    const [before, after] = [ranked(change.before), ranked(change.after)];
    const entry = after ?? before;
    if (!entry || before?.lastSeq === after?.lastSeq) continue;
    const { seasonId, account, number } = entry;
    moves.push({ seasonId, account, number, before, after });
  }
  return moves;
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
  const wholes = Map.groupBy(moves, ({ seasonId }) => seasonId);
  const found = new Map([...wholes].map(([id, own]) => [id, new Map(own.map((move) => [move.account, move]))]));
  /** The accounts' positions so far. */
  const at = new Map<Move, EntryKey>();
  let part = new Map<Move, Move>();

  for (const change of rows) {
    if (change.table !== "ledger" || !change.after) continue;
    const { seasonId, account, blockNumber, points, seq } = change.after;
    const time = timeOf(blockNumber);
    if (time >= nextEnd()) {
      yield { moved: [...part.values()], until: time, heads };
      part = new Map();
    }
    const whole = found.get(seasonId)?.get(account) as Move;
    const before = at.get(whole) ?? whole.before;
    const after = { points, lastSeq: seq };
    at.set(whole, after);
    const earlier = part.get(whole);
    part.set(whole, { ...whole, before: earlier ? earlier.before : before, after });
    const head = heads.get(seasonId) as Head;
    heads.set(seasonId, { seq, participants: before ? head.participants : whole.number });
  }
  yield { moved: [...part.values()], until: cursor.timestamp, heads };
}

const headOf = (season: Head | undefined): Head | undefined =>
  season && { seq: season.seq, participants: season.participants };

/** The entry if it is ranked: only one with a ledger entry is. */
const ranked = (entry: Entry | undefined): Entry | undefined => (entry && entry.lastSeq > 0n ? entry : undefined);
