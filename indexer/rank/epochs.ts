import { rankAfter } from "../../sdk/ledger.ts";
import type { Db } from "../store/sqlite/database.ts";
import type { Built } from "./built.ts";
import type { Head } from "./moves.ts";
import { query } from "./queries.ts";
import type { StandingOrder } from "./standing-order.ts";

const DAY = 86_400;
const LENGTHS = [10, 30, 60, 5 * 60, 15 * 60, 3_600, 6 * 3_600, DAY];

/** How many epochs a season has at most. */
const MOST = 100;

/** How a season's time is divided; epoch k, from 1 on, ends `k * length` after the start. */
export interface Epochs {
  startsAt: number;
  /** Seconds. */
  length: number;
  count: number;
}

/** Divides the time from start to close (unix seconds) into at most 100 epochs of a round length; the last may end later. */
export function epochsOf(startsAt: number, closesAt: number): Epochs {
  const time = Math.max(closesAt - startsAt, 0);
  const length = LENGTHS.find((one) => time <= one * MOST) ?? Math.ceil(time / MOST / DAY) * DAY;
  return { startsAt, length, count: Math.ceil(time / length) };
}

/** When an epoch ends, in unix seconds. */
export const endOf = ({ startsAt, length }: Epochs, epoch: number): number => startsAt + epoch * length;

/** Participants whose ranks are in one row of `epoch_ranks`. */
export const RANKS_PER_ROW = 1_000;

/** Bytes of a rank. */
export const RANK_BYTES = 4;

/** Closes epochs as block time passes their ends, and opens them again when it is undone. */
export interface Closing {
  /** The earliest end (unix s) of an epoch not closed yet; Infinity if there is none. */
  next(): number;
  /**
   * Closes what ended at or before this time, with the entries as they stand; `heads` says how far ledgers are where the
   * table of seasons doesn't.
   */
  reach(timestamp: number, heads: ReadonlyMap<number, Head>): void;
  /** Opens what ended after this time. */
  retreat(timestamp: number): void;
  /** Follows seasons that opened, or no longer are. */
  seasonsChanged(): void;
  /** To be called when a transaction failed, or the database was emptied. */
  forget(): void;
}

interface Season {
  seasonId: number;
  startsAt: number;
  closesAt: number;
  closed: number;
}

interface Closed {
  season_id: bigint;
  seq: bigint;
}

export function createClosing(db: Db, built: Built, unbuilt: StandingOrder): Closing {
  const seasons = db.prepare<[], Season>(
    `SELECT season_id AS seasonId, starts_at AS startsAt, closes_at AS closesAt,
       (SELECT count(*) FROM epochs WHERE epochs.season_id = seasons.season_id) AS closed
     FROM seasons WHERE starts_at IS NOT NULL`,
  );
  const headOf = db
    .prepare<[number], { seq: bigint; participants: bigint }>(
      "SELECT seq, participants FROM seasons WHERE season_id = ?",
    )
    .safeIntegers();
  const add = db.prepare("INSERT INTO epochs VALUES (?, ?, ?, ?)");
  const addRanks = db.prepare("INSERT INTO epoch_ranks VALUES (?, ?, ?, ?)");
  const hasEpoch = db.prepare("SELECT 1 FROM epochs WHERE season_id = ? AND seq = ?");
  const removeRanks = db.prepare("DELETE FROM epoch_ranks WHERE season_id = ? AND seq = ?");
  const removeAfter = db
    .prepare<[number], Closed>("DELETE FROM epochs WHERE ends_at > ? RETURNING season_id, seq")
    .safeIntegers();
  const removeUnopened = db
    .prepare<[], Closed>(
      `DELETE FROM epochs WHERE season_id NOT IN (SELECT season_id FROM seasons WHERE starts_at IS NOT NULL)
       RETURNING season_id, seq`,
    )
    .safeIntegers();
  const places = db.prepare<[number], [bigint, bigint]>(query("places in order")).raw().safeIntegers();
  let next: number | undefined;

  function nextOf({ closed, startsAt, closesAt }: Season): number {
    const epochs = epochsOf(startsAt, closesAt);
    return closed < epochs.count ? endOf(epochs, closed + 1) : Number.POSITIVE_INFINITY;
  }

  function ranksOf(seasonId: number, participants: number): Buffer {
    if (!built.is()) return unbuilt.ranks(seasonId, participants);
    const ranks = Buffer.alloc(RANK_BYTES * participants);
    let place = 0;
    let last: { points: bigint; rank: number } | undefined;
    for (const [number, points] of places.iterate(seasonId)) {
      last = { points, rank: rankAfter(last, points, ++place) };
      ranks.writeUInt32LE(last.rank, RANK_BYTES * (Number(number) - 1));
    }
    return ranks;
  }

  function record(seasonId: number, { seq, participants }: Head): void {
    const ranks = ranksOf(seasonId, participants);
    for (let at = 0; at < ranks.length; at += RANK_BYTES * RANKS_PER_ROW)
      addRanks.run(
        seasonId,
        seq,
        at / (RANK_BYTES * RANKS_PER_ROW),
        ranks.subarray(at, at + RANK_BYTES * RANKS_PER_ROW),
      );
  }

  function storedHead(seasonId: number): Head {
    const { seq, participants } = headOf.get(seasonId) as { seq: bigint; participants: bigint };
    return { seq, participants: Number(participants) };
  }

  function close({ seasonId, closed, startsAt, closesAt }: Season, timestamp: number, head: Head): void {
    const epochs: Epochs = epochsOf(startsAt, closesAt);
    for (let epoch = closed + 1; epoch <= epochs.count && endOf(epochs, epoch) <= timestamp; epoch++) {
      if (!hasEpoch.get(seasonId, head.seq)) record(seasonId, head);
      add.run(seasonId, epoch, endOf(epochs, epoch), head.seq);
    }
  }

  function remove(removed: readonly Closed[]): void {
    next = undefined;
    for (const { season_id, seq } of removed) if (!hasEpoch.get(season_id, seq)) removeRanks.run(season_id, seq);
  }

  const closing: Closing = {
    next() {
      next ??= Math.min(...seasons.all().map(nextOf));
      return next;
    },
    reach(timestamp, heads) {
      if (timestamp < closing.next()) return;
      for (const season of seasons.all())
        close(season, timestamp, heads.get(season.seasonId) ?? storedHead(season.seasonId));
      next = undefined;
    },
    retreat(timestamp) {
      remove(removeAfter.all(timestamp));
    },
    seasonsChanged() {
      remove(removeUnopened.all());
    },
    forget() {
      next = undefined;
    },
  };
  return closing;
}
