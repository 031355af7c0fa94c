import type { Address } from "viem";
import { IntegrityError } from "./integrity.ts";
import type { EntryKey } from "./listener.ts";
import type { Entry } from "./rows-of-accounts.ts";
import type { Working } from "./working.ts";

/** How an account's tally changes: what is left out stays. */
type Amounts = Partial<Pick<Entry, "pending" | "verified" | "refuted" | "caught">>;

const PROVER = 1;
const VERIFIER = 2;
const PENALTY = 5;

/** Keeps `entries`; a row of zeros is removed, so that adding and taking away leaves no trace. */
export interface Entries {
  /** What an account has of a season; zeros where it has nothing. */
  of(seasonId: bigint, account: Address): Entry;
  /** Changes an account's tally. */
  add(seasonId: bigint, account: Address, amounts: Amounts): void;
  /** Puts an entry where `to` says, by `delta` points more for a reason. Throws `IntegrityError` for any that no rule knows. */
  move(entry: Entry, to: EntryKey & { number: bigint }, reason: number, delta: bigint): void;
}

export function createEntries({ entries }: Working): Entries {
  function put(entry: Entry): void {
    if (isNone(entry)) entries.remove(entry);
    else entries.set(entry);
  }

  function of(seasonId: bigint, account: Address): Entry {
    return entries.get({ seasonId, account }) ?? { seasonId, account, ...NOTHING };
  }

  return {
    of,
    add(seasonId, account, { pending = 0, verified = 0, refuted = 0, caught = 0 }) {
      const entry = of(seasonId, account);
      put({
        ...entry,
        pending: entry.pending + pending,
        verified: entry.verified + verified,
        refuted: entry.refuted + refuted,
        caught: entry.caught + caught,
      });
    },
    move(entry, { points, lastSeq, number }, reason, delta) {
      if (reason !== PROVER && reason !== VERIFIER && reason !== PENALTY)
        throw new IntegrityError(`Points changed for reason ${reason}, which no rule knows.`);
      put({
        ...entry,
        points,
        lastSeq,
        number,
        byProver: entry.byProver + (reason === PROVER ? delta : 0n),
        byVerifier: entry.byVerifier + (reason === VERIFIER ? delta : 0n),
        byPenalty: entry.byPenalty + (reason === PENALTY ? delta : 0n),
      });
    },
  };
}

const NOTHING = {
  ...{ points: 0n, lastSeq: 0n, number: 0n, pending: 0, verified: 0, refuted: 0, caught: 0 },
  ...{ byProver: 0n, byVerifier: 0n, byPenalty: 0n },
};

// Without a ledger entry there are no points for any reason.
const isNone = ({ lastSeq, pending, verified, refuted, caught }: Entry): boolean =>
  lastSeq === 0n && pending === 0 && verified === 0 && refuted === 0 && caught === 0;
