import type { Address, Hex } from "viem";
import { ledgerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import type { Place } from "../decode/events.ts";
import type { Db } from "./database.ts";
import type { FoldSteps } from "./fold.ts";
import { IntegrityError } from "./integrity.ts";

interface Change {
  seasonId: bigint;
  account: Address;
  subject: Hex;
  reason: number;
  seq: bigint;
}

interface Head {
  seq: bigint;
  ledger_hash: Hex;
  participants: bigint;
}

/** The ledger of every season, each account's entry, and the season's totals. */
export function ledgerSteps(db: Db): FoldSteps {
  const head = db
    .prepare<[bigint], Head>("SELECT seq, ledger_hash, participants FROM seasons WHERE season_id = ?")
    .safeIntegers();
  const hashAt = db
    .prepare<[bigint, bigint], Hex>("SELECT ledger_hash FROM ledger WHERE season_id = ? AND seq = ?")
    .pluck();
  const subject = db.prepare("SELECT 1 FROM statements WHERE uid = ?");
  const pointsOf = db
    .prepare<[bigint, Address], bigint>("SELECT points FROM entries WHERE season_id = ? AND account = ?")
    .pluck()
    .safeIntegers();
  const lastOf = db
    .prepare<[Address, bigint], { seq: bigint; points: bigint }>(
      "SELECT seq, points FROM ledger WHERE account = ? AND season_id = ? ORDER BY seq DESC LIMIT 1",
    )
    .safeIntegers();
  const append = db.prepare("INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const remove = db.prepare("DELETE FROM ledger WHERE season_id = ? AND seq = ?");
  const addEntry = db.prepare(
    "INSERT INTO entries (season_id, account, points, last_seq, number) VALUES (?, ?, ?, ?, ?)",
  );
  const setEntry = db.prepare("UPDATE entries SET points = ?, last_seq = ? WHERE season_id = ? AND account = ?");
  const removeEntry = db.prepare("DELETE FROM entries WHERE season_id = ? AND account = ?");
  const setTotals = db.prepare(
    `UPDATE seasons SET seq = ?, ledger_hash = ?, participants = participants + ?, total_points = total_points + ?
     WHERE season_id = ?`,
  );

  function apply(change: Change, delta: bigint, place: Place): void {
    const { seasonId, account, seq } = change;
    const before = head.get(seasonId);
    if (!before) throw new IntegrityError(`Points changed in season ${seasonId}, which was never drafted.`);
    if (seq !== before.seq + 1n)
      throw new IntegrityError(`The ledger of season ${seasonId} goes from entry ${before.seq} to ${seq}.`);
    if (!subject.get(change.subject))
      throw new IntegrityError(`Points changed for statement ${change.subject}, which was never recorded.`);
    const had = pointsOf.get(seasonId, account);
    const points = (had ?? 0n) + delta;
    if (points < 0n)
      throw new IntegrityError(`Entry ${seq} of season ${seasonId} burns more points than ${account} has.`);

    const hash = ledgerHash(before.ledger_hash, { ...change, delta });
    append.run(
      ...[seasonId, seq, account, change.subject, change.reason, delta, points, hash],
      ...[place.blockNumber, place.logIndex],
    );
    if (had === undefined) addEntry.run(seasonId, account, points, seq, before.participants + 1n);
    else setEntry.run(points, seq, seasonId, account);
    setTotals.run(seq, hash, had === undefined ? 1 : 0, delta, seasonId);
  }

  function undo({ seasonId, account, seq }: Change, delta: bigint): void {
    remove.run(seasonId, seq);
    const last = lastOf.get(account, seasonId);
    if (last) setEntry.run(last.points, last.seq, seasonId, account);
    else removeEntry.run(seasonId, account);
    setTotals.run(seq - 1n, hashAt.get(seasonId, seq - 1n) ?? ZERO_HASH, last ? 0 : -1, -delta, seasonId);
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
