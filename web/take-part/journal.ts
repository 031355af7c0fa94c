import type { Address, Hex } from "viem";
import { type Answer, type Attestation, answerHash, attestationUid } from "../../sdk/commitments.ts";

/** An attestation and the answer that will open it: without the answer the deposit is lost. */
interface JournalEntry {
  uid: Hex;
  attestation: Attestation;
  answer: Answer;
}

/** What must survive a reload between a commitment and its reveal. Every entry is stored when `keep` returns. */
export interface Journal {
  /** Keeps an attestation; call it before sending the commit. Throws a sentence when the browser's storage is full or off. */
  keep(entry: JournalEntry): void;
  /** The account's attestations, in no order. Entries that can't be read or don't match their uid are skipped. */
  entries(): JournalEntry[];
}

/** Whose attestations, and in which registry. */
export interface JournalOwner {
  chainId: number;
  registry: Address;
  account: Address;
}

/**
 * A journal in the browser's storage. Each attestation has a key of its own, so that two tabs can't overwrite each other's.
 *
 * @param storage `localStorage`, or anything like it.
 */
export function openJournal(storage: Storage, { chainId, registry, account }: JournalOwner): Journal {
  const prefix = `proofboard:attestation:${chainId}:${registry}:${account}:`.toLowerCase();
  return {
    keep({ uid, attestation, answer }) {
      try {
        storage.setItem(prefix + uid, JSON.stringify({ attestation, answer }));
      } catch (cause) {
        throw new Error("This browser can't store the answer's salt, so nothing is sent: it would be lost.", { cause });
      }
    },
    entries() {
      const keys = Array.from({ length: storage.length }, (_, i) => storage.key(i) as string);
      return keys
        .filter((key) => key.startsWith(prefix))
        .flatMap((key) => {
          const entry = read(storage.getItem(key));
          const uid = key.slice(prefix.length) as Hex;
          return entry && opens(chainId, registry, uid, entry) ? [{ uid, ...entry }] : [];
        });
    },
  };
}

function read(text: string | null): Omit<JournalEntry, "uid"> | undefined {
  try {
    return JSON.parse(text ?? "") as Omit<JournalEntry, "uid">;
  } catch {
    return undefined;
  }
}

function opens(
  chainId: number,
  registry: Address,
  uid: Hex,
  { attestation, answer }: Omit<JournalEntry, "uid">,
): boolean {
  try {
    return (
      attestationUid(chainId, registry, attestation) === uid &&
      answerHash(attestation.prover, answer) === attestation.answer
    );
  } catch {
    return false;
  }
}
