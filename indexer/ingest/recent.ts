/**
 * `compute`, with its results remembered for at least the last `capacity` keys and at most twice as many, so that a
 * stream of new keys takes no more and more memory. Keys must not be slices of long texts, which they would keep alive.
 */
export function remember<T>(capacity: number, compute: (key: string) => T): (key: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (key) => {
    let value = young.get(key);
    if (value !== undefined) return value;
    value = old.get(key) ?? compute(key);
    if (young.size >= capacity) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
    return value;
  };
}
