import type { Address } from "viem";
import { Reason } from "../../sdk/protocol.ts";
import type { Kind, Rows } from "./identity-map.ts";
import { IntegrityError } from "./step.ts";

/** The position of an entry in the order of its season. */
export interface EntryKey {
  points: bigint;
  lastSeq: bigint;
}

interface OfAccount {
  seasonId: number;
  account: Address;
}

/** An account's tally in a season. */
export interface Entry extends OfAccount, EntryKey {
  /** The participant's, from 1 on. */
  number: number;
  pending: number;
  verified: number;
  refuted: number;
  caught: number;
  /** Points by reason, those of penalties negative. */
  byProver: bigint;
  byVerifier: bigint;
  byPenalty: bigint;
}

/** A row of zeros counts as no row, so that undoing leaves no trace. */
export const entries: Kind<OfAccount, Entry> = {
  group: ({ seasonId }) => seasonId,
  name: ({ account }) => account,
};

/** How an account's tally changes: what is left out stays. */
type Amounts = Partial<Pick<Entry, "pending" | "verified" | "refuted" | "caught">>;

/** An account's tally in a season; zeros if it has none. */
export function entryOf({ entries }: Rows, seasonId: number, account: Address): Entry {
  return (
    entries.get({ seasonId, account }) ?? {
      ...{ seasonId, account, points: 0n, lastSeq: 0n, number: 0, pending: 0, verified: 0, refuted: 0, caught: 0 },
      ...{ byProver: 0n, byVerifier: 0n, byPenalty: 0n },
    }
  );
}

/** Changes an account's tally. */
export function count(rows: Rows, seasonId: number, account: Address, amounts: Amounts): void {
  const { pending = 0, verified = 0, refuted = 0, caught = 0 } = amounts;
  const entry = entryOf(rows, seasonId, account);
  put(rows, {
    ...entry,
    pending: entry.pending + pending,
    verified: entry.verified + verified,
    refuted: entry.refuted + refuted,
    caught: entry.caught + caught,
  });
}

/** Moves an entry to `to` and adds `delta` points for a reason. Throws `IntegrityError` for an unknown reason. */
export function move(
  rows: Rows,
  entry: Entry,
  { points, lastSeq, number }: EntryKey & Pick<Entry, "number">,
  reason: number,
  delta: bigint,
): void {
  if (reason !== Reason.prover && reason !== Reason.verifier && reason !== Reason.penalty)
    throw new IntegrityError(`Points changed for reason ${reason}, which no rule knows.`);
  put(rows, {
    ...entry,
    points,
    lastSeq,
    number,
    byProver: entry.byProver + (reason === Reason.prover ? delta : 0n),
    byVerifier: entry.byVerifier + (reason === Reason.verifier ? delta : 0n),
    byPenalty: entry.byPenalty + (reason === Reason.penalty ? delta : 0n),
  });
}

function put({ entries }: Rows, entry: Entry): void {
  if (isNone(entry)) entries.remove(entry);
  else entries.set(entry);
}

// Without a ledger entry there are no points for any reason.
const isNone = ({ lastSeq, pending, verified, refuted, caught }: Entry): boolean =>
  lastSeq === 0n && pending === 0 && verified === 0 && refuted === 0 && caught === 0;
