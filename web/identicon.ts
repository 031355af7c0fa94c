const SIZE = 6;
const HALF = SIZE / 2;

/** A hue in degrees that follows from an address. */
export const hueOf = (address: string, at: number): number =>
  Math.round((Number.parseInt(address.slice(2 + at, 5 + at), 16) / 0xfff) * 360) || 0;

/** The cells of a 6 × 6 picture that an address fills, mirrored, as a path. */
export function cellsOf(address: string): string {
  const digits = address.toLowerCase().slice(-HALF * SIZE);
  const cells: string[] = [];
  for (let i = 0; i < HALF * SIZE; i++) {
    if (Number.parseInt(digits[i] ?? "0", 16) < 8) continue;
    const [x, y] = [i % HALF, Math.floor(i / HALF)];
    cells.push(`M${x} ${y}h1v1h-1z`, `M${SIZE - 1 - x} ${y}h1v1h-1z`);
  }
  return cells.join("");
}
