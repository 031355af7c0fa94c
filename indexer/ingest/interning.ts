/** How many keys are remembered at once. */
export const SLOTS = 1 << 17;

/**
 * Returns the slot of a key, from 0 to {@link SLOTS} − 1. A key keeps its slot until another key takes it, so memory stays
 * bounded. `fill` is called with each key that gets a slot; if it throws, the key gets none. Keys should differ in their
 * last six characters.
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

// A Map would hash the whole key, and grow.
function hashOf(key: string): number {
  let hash = 0;
  for (let i = key.length - 6; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 16)) & (SLOTS - 1);
}
