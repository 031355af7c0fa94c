/** Position of the first byte in which two texts differ; -1 if there is none. */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const longer = a.length >= b.length ? a : b;
  return longer.findIndex((_, i) => a[i] !== b[i]);
}
