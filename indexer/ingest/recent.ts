const SLOTS = 1 << 17;

/**
 * `compute`, with the result of each of the last keys remembered until another key takes its place, of which there are
 * 131,072: a stream of new keys takes no more and more memory. Keys differ in their last eight characters, mostly.
 */
export function remember<T>(compute: (key: string) => T): (key: string) => T {
  const keys: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  const results: T[] = new Array(SLOTS).fill(undefined);
  return (key) => {
    const slot = slotOf(key);
    if (keys[slot] === key) return results[slot] as T;
    const result = compute(key);
    keys[slot] = key;
    results[slot] = result;
    return result;
  };
}

// A Map would hash all of the key, and grow.
function slotOf(key: string): number {
  let slot = 0;
  for (let i = key.length - 8; i < key.length; i++) slot = (Math.imul(slot, 31) + key.charCodeAt(i)) | 0;
  return (slot ^ (slot >>> 16)) & (SLOTS - 1);
}
