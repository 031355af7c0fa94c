import type { Address, Hex } from "viem";
import { campaignAbi } from "../../sdk/abi.ts";
import { ledgerHash, ZERO_HASH } from "../../sdk/commitments.ts";
import { compareStandings } from "../../sdk/ledger.ts";
import { Reason } from "../../sdk/protocol.ts";
import { type Emitted, emit } from "../../test/fixtures/logs.ts";
import type { Outcome } from "./contender.ts";
import { at } from "./deployment.ts";

/** A log, and the season's ledger after it. */
export interface ScriptedLog {
  log: Emitted;
  ledger: LedgerState;
}

/** What `ledgerOf` answers. */
export interface LedgerState {
  seq: bigint;
  participants: number;
  totalPoints: bigint;
  ledgerHash: Hex;
}

/** Writes down the logs of season 1, and keeps its ledger as the contract would. */
export interface LedgerScript {
  logs: ScriptedLog[];
  add(log: Emitted): void;
  /** Adds the log that records an attestation. */
  record(log: Emitted): void;
  award(account: Address, subject: Hex, reason: number, amount: bigint): void;
  /** Burns as many points as the account has, at most so many. */
  burn(account: Address, subject: Hex, most: bigint): void;
  /** The result of all logs. */
  outcome(): Outcome;
}

export function createLedgerScript(): LedgerScript {
  const logs: ScriptedLog[] = [];
  const entries = new Map<Address, { points: bigint; lastSeq: bigint }>();
  let attestations = 0;
  let ledger: LedgerState = { seq: 0n, participants: 0, totalPoints: 0n, ledgerHash: ZERO_HASH };

  function change(account: Address, subject: Hex, reason: number, delta: bigint): void {
    const had = entries.get(account);
    const changed = { seasonId: 1n, account, subject, reason, seq: ledger.seq + 1n };
    entries.set(account, { points: (had?.points ?? 0n) + delta, lastSeq: changed.seq });
    ledger = {
      seq: changed.seq,
      participants: ledger.participants + (had === undefined ? 1 : 0),
      totalPoints: ledger.totalPoints + delta,
      ledgerHash: ledgerHash(ledger.ledgerHash, { ...changed, delta }),
    };
    const [eventName, amount] = delta < 0n ? (["PointsBurned", -delta] as const) : (["PointsAwarded", delta] as const);
    script.add(emit(at("Campaign"), campaignAbi, eventName, { ...changed, amount }));
  }

  const script: LedgerScript = {
    logs,
    add(log) {
      logs.push({ log, ledger });
    },
    record(log) {
      attestations++;
      script.add(log);
    },
    award: change,
    burn(account, subject, most) {
      const had = entries.get(account)?.points ?? 0n;
      if (had > 0n) change(account, subject, Reason.penalty, had < most ? -had : -most);
    },
    outcome() {
      const ranked = [...entries].sort(([, a], [, b]) => compareStandings(a, b));
      const ranking = ranked.map(([account, entry]) => `${account.toLowerCase()} ${entry.points} ${entry.lastSeq}`);
      return { events: logs.length, attestations, ranking };
    },
  };
  return script;
}
