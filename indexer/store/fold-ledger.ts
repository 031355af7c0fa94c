import type { Address, Hex } from "viem";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import type { Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import { createEntries } from "./entries.ts";
import type { FoldSteps } from "./fold.ts";
import { fastLedgerHash } from "./hashes.ts";
import { IntegrityError } from "./integrity.ts";
import type { Season } from "./rows-of-seasons.ts";
import type { Working } from "./working.ts";

interface Change {
  seasonId: bigint;
  account: Address;
  subject: Hex;
  reason: number;
  seq: bigint;
}

/** Points of a season together, as Campaign holds them and as SQLite can. */
const MOST_POINTS = 2n ** 63n - 1n;

/** The ledger of every season, each account's entry and points by reason, and the season's totals. */
export function ledgerSteps(db: Db, working: Working): FoldSteps {
  const { seasons, attestations, ledger } = working;
  const entries = createEntries(working);
  const hashAt = db
    .prepare<[bigint, bigint], Hex>("SELECT ledger_hash FROM ledger WHERE season_id = ? AND seq = ?")
    .pluck();
  // Asked for its last row itself, SQLite would go through the season's ledger instead of the account's.
  const lastOf = db
    .prepare<[Address, bigint], { lastSeq: bigint; points: bigint }>(
      `SELECT seq AS lastSeq, points FROM ledger
       WHERE (season_id, seq) = (SELECT season_id, max(seq) FROM ledger WHERE account = ? AND season_id = ?)`,
    )
    .safeIntegers();
  const remove = db.prepare("DELETE FROM ledger WHERE season_id = ? AND seq = ?");

  function apply(change: Change, delta: bigint, place: Place): void {
    const { seasonId, account, subject, reason, seq } = change;
    const season = seasons.get(change);
    if (!season) throw new IntegrityError(`Points changed in season ${seasonId}, which was never drafted.`);
    if (seq !== season.seq + 1n)
      throw new IntegrityError(`The ledger of season ${seasonId} goes from entry ${season.seq} to ${seq}.`);
    if (!attestations.get({ uid: subject }))
      throw new IntegrityError(`Points changed for attestation ${subject}, which was never recorded.`);
    const entry = entries.of(seasonId, account);
    const points = entry.points + delta;
    if (points < 0n)
      throw new IntegrityError(`Entry ${seq} of season ${seasonId} burns more points than ${account} has.`);

    if (season.totalPoints + delta > MOST_POINTS)
      throw new IntegrityError(`Entry ${seq} of season ${seasonId} awards ${delta} points, more than a season has.`);

    const hash = fastLedgerHash(season.ledgerHash, { seasonId, account, subject, reason, delta, seq });
    ledger.add(seasonId, seq, account, subject, reason, delta, points, hash, place.blockNumber, place.logIndex);
    const participants = entry.lastSeq === 0n ? season.participants + 1n : season.participants;
    const number = entry.lastSeq === 0n ? participants : entry.number;
    entries.move(entry, { points, lastSeq: seq, number }, reason, delta);
    seasons.set({
      ...season,
      seq,
      ledgerHash: hash,
      participants,
      totalPoints: season.totalPoints + delta,
    });
  }

  function undo(change: Change, delta: bigint): void {
    const { seasonId, account, reason, seq } = change;
    const season = seasons.get(change) as Season;
    const entry = entries.of(seasonId, account);
    remove.run(seasonId, seq);
    const last = lastOf.get(account, seasonId);
    const { points, lastSeq } = last ?? { points: 0n, lastSeq: 0n };
    entries.move(entry, { points, lastSeq, number: last ? entry.number : 0n }, reason, -delta);
    seasons.set({
      ...season,
      seq: seq - 1n,
      ledgerHash: hashAt.get(seasonId, seq - 1n) ?? ZERO_HASH,
      participants: last ? season.participants : season.participants - 1n,
      totalPoints: season.totalPoints - delta,
    });
  }

  return {
    PointsAwarded: {
      apply: ({ args, place }) => apply(args, args.amount, place),
      undo: ({ args }) => undo(args, args.amount),
    },
    PointsBurned: {
      apply: ({ args, place }) => apply(args, -args.amount, place),
      undo: ({ args }) => undo(args, -args.amount),
    },
  };
}
