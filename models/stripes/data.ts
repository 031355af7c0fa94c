import { type Random, randomFrom } from "../random.ts";

/** A picture of stripes: 4 × 4 pixels in rows, -128 dark to 127 bright. */
export interface Stripes {
  image: Int8Array;
  /** Which way they run: an index of `DIRECTIONS`. */
  label: number;
}

export const SIDE = 4;
/** Ways that stripes run, as one sees them. */
export const DIRECTIONS = ["level", "upright", "falling", "rising"] as const;
export const TRAINING = { seed: 20_260_505, count: 12_000 };
export const HELD_OUT = { seed: 20_260_606, count: 4_000 };

/** Degrees from the downward axis to the one along which the brightness changes, for each direction. */
const ANGLES = [0, 90, 135, 45];

/** Draws `count` pictures, the directions in turn. */
export function drawStripes({ seed, count }: { seed: number; count: number }): Stripes[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, i) => {
    const label = i % DIRECTIONS.length;
    return { image: draw(random, ANGLES[label] as number), label };
  });
}

/** A wave with a random place, width, contrast and brightness, a little turned, with noise on each pixel. */
function draw(random: Random, angle: number): Int8Array {
  const turned = ((angle + random.uniform(-10, 10)) * Math.PI) / 180;
  const waves = random.uniform(0.3, 0.42);
  const phase = random.uniform(0, 2 * Math.PI);
  const contrast = random.uniform(60, 115);
  const brightness = random.uniform(-12, 12);
  return Int8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const [across, down] = [i % SIDE, Math.floor(i / SIDE)];
    const along = across * Math.sin(turned) + down * Math.cos(turned);
    const value = brightness + contrast * Math.sin(2 * Math.PI * waves * along + phase) + random.normal(10);
    return Math.max(-128, Math.min(127, Math.round(value)));
  });
}
