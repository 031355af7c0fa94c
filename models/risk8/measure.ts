import { forward } from "../../inference/integer.ts";
import type { Row } from "../../sdk/layouts.ts";
import { withNoise } from "../noise.ts";
import type { Trade } from "../risk/data.ts";

/** Whether the scores allow a trade: the first, for allowing, is the higher one. Equal scores refuse. */
export const isAllowed = ([allow, refuse]: Int8Array): boolean => (allow as number) > (refuse as number);

/** Share of the trades allowed that went well and refused that went badly, with noise of this amplitude unless it is 0. */
export function accuracyOf(layers: readonly (readonly Row[])[], trades: readonly Trade[], noise: number): number {
  const right = trades.filter(({ input, bad }, i) => {
    const seen = noise === 0 ? input : withNoise(input, i, noise);
    return isAllowed(forward(layers, seen).at(-1) as Int8Array) !== bad;
  });
  return right.length / trades.length;
}
