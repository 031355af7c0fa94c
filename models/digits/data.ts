import { type Random, randomFrom } from "../random.ts";

/** A rendered digit: 8 × 8 pixels in rows, -128 for paper to 127 for ink. */
export interface Digit {
  image: Int8Array;
  label: number;
}

export const SIDE = 8;
export const TRAINING = { seed: 20_260_101, count: 12_000 };
export const HELD_OUT = { seed: 20_260_202, count: 4_000 };

type Point = readonly [x: number, y: number];

/** Renders `count` digits, 0 to 9 in turn. */
export function renderDigits({ seed, count }: { seed: number; count: number }): Digit[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, (_, i) => ({ image: render(random, i % 10), label: i % 10 }));
}

function arc([x, y]: Point, rx: number, ry: number, from: number, to: number): Point[] {
  return Array.from({ length: 11 }, (_, i) => {
    const angle = ((from + ((to - from) * i) / 10) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
}

/** Each digit's strokes on a unit square, y downwards, angles clockwise from the right. */
const glyphs: readonly (readonly Point[])[][] = [
  [arc([0.5, 0.5], 0.28, 0.38, 0, 360)],
  [
    [
      [0.34, 0.28],
      [0.55, 0.12],
      [0.55, 0.88],
    ],
  ],
  [[...arc([0.49, 0.35], 0.24, 0.23, 190, 390), [0.25, 0.87], [0.77, 0.87]]],
  [[...arc([0.46, 0.31], 0.23, 0.19, 210, 430), ...arc([0.46, 0.69], 0.25, 0.2, 290, 510)]],
  [
    [
      [0.62, 0.88],
      [0.62, 0.12],
      [0.22, 0.62],
      [0.82, 0.62],
    ],
  ],
  [[[0.74, 0.12], [0.32, 0.12], [0.29, 0.47], ...arc([0.48, 0.64], 0.25, 0.24, 230, 500)]],
  [[[0.66, 0.13], [0.4, 0.32], ...arc([0.5, 0.66], 0.23, 0.22, 180, 540)]],
  [
    [
      [0.24, 0.13],
      [0.76, 0.13],
      [0.42, 0.88],
    ],
  ],
  [arc([0.5, 0.3], 0.2, 0.18, 90, 450), arc([0.5, 0.69], 0.24, 0.2, -90, 270)],
  [[...arc([0.5, 0.34], 0.23, 0.22, 0, 360), [0.6, 0.88]]],
];

/** Draws one digit with a random place, size, slant, turn and stroke, and adds noise to its pixels. */
function render(random: Random, label: number): Int8Array {
  const turn = random.uniform(-0.2, 0.2);
  const slant = random.uniform(-0.2, 0.2);
  const [width, height] = [random.uniform(5.6, 7.6), random.uniform(6.2, 7.8)];
  const [left, top] = [random.uniform(-0.7, 0.7), random.uniform(-0.7, 0.7)];
  const stroke = random.uniform(0.9, 1.7);
  const ink = random.uniform(0.75, 1);
  const wobble = 0.02;
  const place = ([x, y]: Point): Point => {
    const across = (x - 0.5 + random.normal(wobble)) * width + slant * (0.5 - y) * height;
    const down = (y - 0.5 + random.normal(wobble)) * height;
    return [
      SIDE / 2 + left + across * Math.cos(turn) - down * Math.sin(turn),
      SIDE / 2 + top + across * Math.sin(turn) + down * Math.cos(turn),
    ];
  };
  const strokes = (glyphs[label] as (readonly Point[])[]).map((points) => points.map(place));
  return Int8Array.from({ length: SIDE * SIDE }, (_, i) => {
    const pixel: Point = [(i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5];
    const distance = Math.min(...strokes.map((points) => distanceToPolyline(pixel, points)));
    const value = ink * clamp(0.5 + stroke / 2 - distance, 0, 1) + random.normal(0.05);
    return Math.round(255 * clamp(value, 0, 1)) - 128;
  });
}

function distanceToPolyline([x, y]: Point, points: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1] as Point;
    const [bx, by] = points[i] as Point;
    const [dx, dy] = [bx - ax, by - ay];
    const along = clamp(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1), 0, 1);
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(high, value));
