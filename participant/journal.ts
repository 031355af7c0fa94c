import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import type { Address, Hex } from "viem";
import type { Answer, Attestation } from "../sdk/commitments.ts";

/** An attestation and the answer that will open it. */
export interface AttestationEntry {
  chainId: number;
  /** The AttestationRegistry that the uid is of. */
  registry: Address;
  uid: Hex;
  attestation: Attestation;
  answer: Answer;
}

/** Identifies a vote: nobody votes twice in a round. */
export interface VoteKey {
  chainId: number;
  /** The contract that counts the votes. */
  contract: Address;
  uid: Hex;
  /** From 1. */
  round: number;
  member: Address;
}

/** What opens a vote's commitment. */
interface VoteEntry {
  outputHash: Hex;
  salt: Hex;
}

/**
 * Stores what must not be lost between a commitment and its reveal. An entry is on disk when a function returns; several
 * processes may share a file.
 */
export interface Journal {
  /** Stores an attestation; call it before sending the commit. */
  keepAttestation(entry: AttestationEntry): void;
  /** A prover's attestations, oldest first. */
  attestationsOf(chainId: number, registry: Address, prover: Address): AttestationEntry[];
  /** Stores a vote if there is none yet, and returns the stored one; call it before sending the commitment. */
  keepVote(key: VoteKey, vote: VoteEntry): VoteEntry;
  findVote(key: VoteKey): VoteEntry | undefined;
  close(): void;
}

interface Row {
  chain: number;
  contract: string;
  uid: string;
  /** 0 for an attestation. */
  round: number;
  account: string;
  entry: string;
}

/** Opens a journal file, or creates it. */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(file, { timeout: 10_000 });
  database.pragma("journal_mode = WAL");
  // FULL makes every commit reach the disk before it returns.
  database.pragma("synchronous = FULL");
  database.exec(`CREATE TABLE IF NOT EXISTS journal (
    chain INTEGER NOT NULL, contract TEXT NOT NULL, uid TEXT NOT NULL, round INTEGER NOT NULL, account TEXT NOT NULL,
    entry TEXT NOT NULL, PRIMARY KEY (chain, contract, uid, round, account)) STRICT`);
  const insert = database.prepare<Row>(
    "INSERT INTO journal VALUES (@chain, @contract, @uid, @round, @account, @entry) ON CONFLICT DO NOTHING",
  );
  const find = database
    .prepare<Omit<Row, "entry">, string>(
      `SELECT entry FROM journal WHERE chain = @chain AND contract = @contract AND uid = @uid AND round = @round
        AND account = @account`,
    )
    .pluck();
  const list = database.prepare<[number, string, string], Row>(
    "SELECT * FROM journal WHERE chain = ? AND contract = ? AND account = ? AND round = 0 ORDER BY rowid",
  );

  const findVote = (key: VoteKey): VoteEntry | undefined => {
    const entry = find.get(rowKey(key.chainId, key.contract, key.uid, key.round, key.member));
    return entry === undefined ? undefined : (JSON.parse(entry) as VoteEntry);
  };

  return {
    keepAttestation({ chainId, registry, uid, attestation, answer }) {
      const key = rowKey(chainId, registry, uid, 0, attestation.prover);
      insert.run({ ...key, entry: JSON.stringify({ attestation, answer }) });
    },
    attestationsOf: (chainId, registry, prover) =>
      list.all(chainId, registry.toLowerCase(), prover.toLowerCase()).map(({ uid, entry }) => ({
        chainId,
        registry,
        uid: uid as Hex,
        ...(JSON.parse(entry) as Pick<AttestationEntry, "attestation" | "answer">),
      })),
    keepVote(key, { outputHash, salt }) {
      const entry = JSON.stringify({ outputHash, salt });
      insert.run({ ...rowKey(key.chainId, key.contract, key.uid, key.round, key.member), entry });
      return findVote(key) as VoteEntry;
    },
    findVote,
    close: () => database.close(),
  };
}

const rowKey = (chain: number, contract: Address, uid: Hex, round: number, account: Address): Omit<Row, "entry"> => ({
  chain,
  contract: contract.toLowerCase(),
  uid: uid.toLowerCase(),
  round,
  account: account.toLowerCase(),
});
