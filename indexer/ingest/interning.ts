/** How many keys are remembered at once. */
export const SLOTS = 1 << 17;

/**
 * Tells the slot of a key, from 0 to {@link SLOTS} − 1: it keeps it until another key takes its place, so that a stream of
 * new keys takes no more and more memory. `fill` hears of each key that is given a slot; where it throws, it is given
 * none. Keys differ in their last six characters, mostly.
 */
export function createInterner(fill: (key: string, slot: number) => void): (key: string) => number {
  const keys: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  return (key) => {
    const slot = hashOf(key);
    if (keys[slot] !== key) {
      fill(key, slot);
      keys[slot] = key;
    }
    return slot;
  };
}

/** `compute`, with the result of each of the last keys remembered. */
export function memoize<T>(compute: (key: string) => T): (key: string) => T {
  const results: T[] = new Array(SLOTS).fill(undefined);
  const slotOf = createInterner((key, slot) => {
    results[slot] = compute(key);
  });
  return (key) => results[slotOf(key)] as T;
}

// A Map would hash all of the key, and grow.
function hashOf(key: string): number {
  let hash = 0;
  for (let i = key.length - 6; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}
