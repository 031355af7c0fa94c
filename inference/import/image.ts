import { MAX_WIDTH } from "../operators/operator.ts";

/** An image as a layer gives it: pixel by pixel, row by row, each with all its channels. A vector has one pixel. */
export interface Image {
  height: number;
  across: number;
  channels: number;
}

/** How windows of kh · kw pixels move over an image: `down` · `outAcross` of them, the first one at `top`, `left`. */
export type Window = Record<
  "height" | "across" | "down" | "outAcross" | "kh" | "kw" | "sy" | "sx" | "top" | "left",
  number
>;

export const identity = (size: number): Int32Array => Int32Array.from({ length: size }, (_, i) => i);

export const pixelsOf = ({ height, across }: Image): number => height * across;

export const sizeOf = (image: Image): number => pixelsOf(image) * image.channels;

/** Where each element of an image that stands channel by channel stands pixel by pixel. */
export function byChannel(image: Image): Int32Array {
  const pixels = pixelsOf(image);
  return Int32Array.from({ length: sizeOf(image) }, (_, i) => (i % pixels) * image.channels + Math.floor(i / pixels));
}

export const areSame = (a: Int32Array, b: Int32Array): boolean =>
  a.length === b.length && a.every((at, i) => at === b[i]);

/** The one window that is all of an image. */
export const wholeOf = ({ height, across }: Image): Window => ({
  ...{ height, across, down: 1, outAcross: 1, kh: height, kw: across, sy: 1, sx: 1, top: 0, left: 0 },
});

/** Whether windows reach beyond the image's edges. */
export const isPadded = ({ height, across, down, outAcross, kh, kw, sy, sx, top, left }: Window): boolean =>
  top < 0 || left < 0 || (down - 1) * sy + kh + top > height || (outAcross - 1) * sx + kw + left > across;

/** Most elements of what a layer gives: what is looked at takes some twenty bytes for each. */
const MOST_ELEMENTS = 2 ** 22;

const MOST_PIXELS = 65_535;
const LARGEST_KERNEL = 255;

/** Why windows are beyond what `gather` takes, or what is made of them beyond what is read here; undefined if they aren't. */
export function beyondGather(
  { down, outAcross, kh, kw }: Window,
  channels: number,
  filters: number,
): string | undefined {
  const width = kh * kw * channels;
  const pixels = down * outAcross;
  if (width > MAX_WIDTH) return `windows of ${width} elements, where a graph takes ${MAX_WIDTH}`;
  if (Math.max(kh, kw) > LARGEST_KERNEL)
    return `windows of ${kh} x ${kw} pixels, where a graph takes ${LARGEST_KERNEL} on a side`;
  if (pixels > MOST_PIXELS || pixels * filters > MOST_ELEMENTS)
    return `an output of ${pixels} pixels of ${filters} channels, which is too large`;
  return undefined;
}

export const vector = (channels: number): Image => ({ height: 1, across: 1, channels });

/** The image that dims of one sample are; undefined for any others. One row of pixels is an image, too. */
export function imageOf(dims: readonly number[], isLast: boolean): Image | undefined {
  const [batch, ...rest] = dims;
  if (batch !== 1 || rest.length < 2 || rest.length > 3) return undefined;
  const channels = (isLast ? rest.pop() : rest.shift()) as number;
  const [height, across] = rest.length === 1 ? [1, ...rest] : rest;
  return { height: height as number, across: across as number, channels };
}
