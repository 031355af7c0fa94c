import { randomInt } from "node:crypto";
import type { Address } from "viem";

/** Whether a number is the account's, and not another's with the same hash. */
type Test = (number: number) => boolean;

const FREE = -1;

/** Hash only the last 16 hex digits: finding many addresses that share them is infeasible. */
const DIGITS = 16;

/**
 * Maps many accounts to numbers, in 16 to 32 bytes an account. Faster than a Map: docs/performance.md, Accounts in memory.
 * A hash table of open addressing, by linear probing (Knuth, The Art of Computer Programming, volume 3, section 6.4).
 */
export function createAccountIndex() {
  // Random, so that nobody can choose accounts that collide.
  const seed = randomInt(2 ** 31);
  let size = 0;
  let mask = 2 ** 10 - 1;
  /** Pairs of a hash and a number. */
  let slots = new Int32Array(2 * (mask + 1)).fill(FREE);

  /** FNV-1a of the last digits, then the part of MurmurHash3's last mix that brings the upper bits down. */
  function hashOf(account: Address): number {
    let hash = seed;
    for (let i = account.length - DIGITS; i < account.length; i++)
      hash = Math.imul(hash ^ account.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  const numberAt = (slot: number): number => slots[2 * slot + 1] as number;

  /** Puts a pair into the first free slot. */
  function put(hash: number, number: number): void {
    let slot = hash & mask;
    while (numberAt(slot) !== FREE) slot = (slot + 1) & mask;
    slots[2 * slot] = hash;
    slots[2 * slot + 1] = number;
  }

  function grow(): void {
    const old = slots;
    mask = 2 * mask + 1;
    slots = new Int32Array(2 * (mask + 1)).fill(FREE);
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== FREE) put(old[i] as number, old[i + 1] as number);
  }

  /** The slot of an account, or the free one where it would be. */
  function slotOf(account: Address, isRight: Test): number {
    const hash = hashOf(account);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = numberAt(slot);
      if (number === FREE || (slots[2 * slot] === hash && isRight(number))) return slot;
    }
  }

  /** Frees a slot, and inserts again the pairs after it that may have been moved on because of it. */
  function free(slot: number): void {
    slots[2 * slot + 1] = FREE;
    for (let next = (slot + 1) & mask; numberAt(next) !== FREE; next = (next + 1) & mask) {
      const [hash, number] = [slots[2 * next] as number, numberAt(next)];
      slots[2 * next + 1] = FREE;
      put(hash, number);
    }
  }

  return {
    size: (): number => size,
    /** The number of an account, if it has one. */
    find(account: Address, isRight: Test): number | undefined {
      const number = numberAt(slotOf(account, isRight));
      return number === FREE ? undefined : number;
    },
    /** Adds an account that has no number yet; numbers are from 0 to 2^31 - 1. */
    add(account: Address, number: number): void {
      if (2 * ++size > mask) grow();
      put(hashOf(account), number);
    },
    /** Gives an account that has a number another one. */
    change(account: Address, isRight: Test, to: number): void {
      slots[2 * slotOf(account, isRight) + 1] = to;
    },
    /** Removes an account that has a number. */
    remove(account: Address, isRight: Test): void {
      size--;
      free(slotOf(account, isRight));
    },
  };
}
