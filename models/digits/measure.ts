import { forward } from "../../inference/integer.ts";
import type { Row } from "../../sdk/layouts.ts";
import { withNoise } from "../noise.ts";
import type { Digit } from "./data.ts";

/** Which digit the scores stand for: the highest, the first of several. */
export const digitOf = (scores: Int8Array): number => scores.indexOf(Math.max(...scores));

/** Share of the digits that an integer model reads rightly, with noise of this amplitude added unless it is 0. */
export function accuracyOf(layers: readonly (readonly Row[])[], digits: readonly Digit[], noise: number): number {
  const right = digits.filter(({ image, label }, i) => {
    const input = noise === 0 ? image : withNoise(image, i, noise);
    return digitOf(forward(layers, input).at(-1) as Int8Array) === label;
  });
  return right.length / digits.length;
}
