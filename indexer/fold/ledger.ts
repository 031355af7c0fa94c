import type { Address, Hex } from "viem";
import type { LogLocation } from "../decode/events.ts";
import { entryOf, move } from "./entries.ts";
import { fastLedgerHash } from "./hashes.ts";
import type { Once, Rows } from "./identity-map.ts";
import { idOf } from "./seasons.ts";
import { type FoldSteps, IntegrityError, type Scene } from "./step.ts";

/** A point change, with the account's points and the ledger's hash after it. */
export interface LedgerEntry extends LogLocation {
  seasonId: number;
  seq: bigint;
  account: Address;
  subject: Hex;
  reason: number;
  delta: bigint;
  points: bigint;
  ledgerHash: Hex;
}

export const ledger: Once<LedgerEntry> = { once: true };

interface Change {
  seasonId: bigint;
  account: Address;
  subject: Hex;
  reason: number;
  seq: bigint;
}

/** Points of a season together, as Campaign holds them and as a store can. */
const MOST_POINTS = 2n ** 63n - 1n;

function change(rows: Rows, args: Change, delta: bigint, location: LogLocation, { timestamp }: Scene): void {
  const { account, subject, reason, seq } = args;
  const seasonId = idOf(args.seasonId);
  const season = rows.seasons.get({ seasonId });
  if (!season) throw new IntegrityError(`Points changed in season ${seasonId}, which was never drafted.`);
  // Final orders, and all that is claimed by them, hang on this.
  if (season.closesAt !== null && timestamp >= season.closesAt)
    throw new IntegrityError(`Points changed in season ${seasonId} after it closed.`);
  if (seq !== season.seq + 1n)
    throw new IntegrityError(`The ledger of season ${seasonId} goes from entry ${season.seq} to ${seq}.`);
  if (!rows.attestations.get({ uid: subject }))
    throw new IntegrityError(`Points changed for attestation ${subject}, which was never recorded.`);
  const entry = entryOf(rows, seasonId, account);
  const points = entry.points + delta;
  if (points < 0n)
    throw new IntegrityError(`Entry ${seq} of season ${seasonId} burns more points than ${account} has.`);
  if (season.totalPoints + delta > MOST_POINTS)
    throw new IntegrityError(`Entry ${seq} of season ${seasonId} awards ${delta} points, more than a season has.`);

  const ledgerHash = fastLedgerHash(season.ledgerHash, { ...args, delta });
  const { blockNumber, logIndex } = location;
  rows.ledger.add({ seasonId, seq, account, subject, reason, delta, points, ledgerHash, blockNumber, logIndex });
  const participants = entry.lastSeq === 0n ? season.participants + 1 : season.participants;
  const number = entry.lastSeq === 0n ? participants : entry.number;
  move(rows, entry, { points, lastSeq: seq, number }, reason, delta);
  rows.seasons.set({ ...season, seq, ledgerHash, participants, totalPoints: season.totalPoints + delta });
}

/** The ledger of every season, each account's entry and points by reason, and the season's totals. */
export const ledgerSteps: FoldSteps = {
  PointsAwarded: ({ args, location }, rows, scene) => change(rows, args, args.amount, location, scene),
  PointsBurned: ({ args, location }, rows, scene) => change(rows, args, -args.amount, location, scene),
};
