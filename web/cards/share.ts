const shares = new Intl.NumberFormat("en-US", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
const units = ["B", "kB", "MB"] as const;
const sizes = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** `99.6 %` of a share from 0 to 1. */
export const percentOf = (share: number): string => shares.format(share).replace("%", " %");

/** `3.9 kB`: a number of bytes, in thousands. */
export function bytesOf(bytes: number): string {
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  return `${sizes.format(bytes / 1_000 ** power)} ${units[power]}`;
}

/** What an integer model's widths come to: weights, and the bytes of its rows on chain. */
export function countOf(widths: readonly number[]): { weights: number; rowsBytes: number } {
  let weights = 0;
  let rows = 0;
  for (let layer = 1; layer < widths.length; layer++) {
    rows += widths[layer] ?? 0;
    weights += (widths[layer] ?? 0) * (widths[layer - 1] ?? 0);
  }
  return { weights, rowsBytes: weights + 6 * rows };
}
