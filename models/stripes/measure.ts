import { forward } from "../../inference/integer.ts";
import type { Row } from "../../sdk/layouts.ts";
import { withNoise } from "../noise.ts";
import type { Stripes } from "./data.ts";

/** Which direction the scores stand for: the highest, the first of several. */
export const directionOf = (scores: Int8Array): number => scores.indexOf(Math.max(...scores));

/** Share of the pictures whose direction is told rightly, with noise of this amplitude added unless it is 0. */
export function accuracyOf(layers: readonly (readonly Row[])[], pictures: readonly Stripes[], noise: number): number {
  const right = pictures.filter(({ image, label }, i) => {
    const seen = noise === 0 ? image : withNoise(image, i, noise);
    return directionOf(forward(layers, seen).at(-1) as Int8Array) === label;
  });
  return right.length / pictures.length;
}
