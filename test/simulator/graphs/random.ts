import { type BuiltModel, GraphBuilder } from "../../../inference/graphModel/build.ts";
import { maxBias } from "../../../inference/integer.ts";
import { operatorKinds } from "../../../inference/operators/index.ts";
import type { Row } from "../../../sdk/layouts.ts";
import type { Random } from "../random.ts";

/** A random graph with an input that it may get: of a generation, all of its tokens. */
export interface Sample {
  model: BuiltModel;
  input: Int8Array;
}

/** Any element, its extremes often. */
const element = (random: Random): number =>
  random.chance(0.3) ? random.pick([-128, -127, -1, 0, 1, 127]) : random.between(-128, 127);

/** Elements: any, or one value throughout, which drives sums to their extremes and makes ties. */
function elements(random: Random, length: number): Int8Array {
  const value = element(random);
  const isUniform = random.chance(0.2);
  const span = random.pick([1, 4, 255]);
  return Int8Array.from({ length }, () =>
    isUniform ? value : span === 255 ? element(random) : random.between(0, span),
  );
}

/** A neuron within its bounds, its bias often at its very limit, or where the sum meets a multiple of 2^shift. */
function neuron(random: Random, inputs: number): Row {
  const shift = random.chance(0.5) ? random.between(4, 12) : random.between(1, 30);
  const limit = maxBias(inputs, shift);
  const near = Math.min(limit, 2 ** (shift + 7));
  const bias = random.pick([-limit, limit, 0, random.between(-limit, limit), random.between(-near, near)]);
  return { shift, lo: random.pick([-128, 0]), bias, weights: elements(random, inputs) };
}

const many = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Entries of `exponents`: falling, any, or none at all, so that no weight is left. */
function exponentEntries(random: Random): Int8Array {
  const slope = random.next();
  const form = random.between(0, 4);
  return Int8Array.from({ length: 256 }, (_, i) =>
    form === 0 ? 0 : form === 1 ? random.between(0, 127) : Math.round(127 * Math.exp(-slope * i)),
  );
}

/** How wide a random output may be. */
const MOST = 12;

/** Adds an operator of this kind behind `a`, with what else it needs; undefined where it doesn't fit there. */
function append(
  random: Random,
  to: GraphBuilder,
  name: string,
  a: number,
  others: readonly number[],
): number | undefined {
  const { rows, width } = to.shapeOf(a);
  const like = (shape: { rows: number; width: number }): number => {
    const found = others.filter(
      (each) => to.shapeOf(each).rows === shape.rows && to.shapeOf(each).width === shape.width,
    );
    if (found.length > 0 && random.chance(0.7)) return random.pick(found);
    return to.constant(many(shape.rows, () => elements(random, shape.width)));
  };
  switch (name) {
    case "constant":
      return to.constant(many(rows, () => elements(random, width)));
    case "embed": {
      const size = random.between(1, MOST);
      return width === 1
        ? to.embed(
            a,
            many(256, () => elements(random, size)),
          )
        : undefined;
    }
    case "linear":
      return to.linear(
        a,
        many(random.between(1, MOST), () => neuron(random, width)),
      );
    case "table":
      return to.table(a, elements(random, 256));
    case "add": {
      const [m, n] = many(2, () => random.pick([1, -1, 32767, -32768, random.between(-300, 300)])) as [number, number];
      return to.add(a, like({ rows, width }), { m, n, shift: random.between(1, 22) });
    }
    case "gather": {
      const heights = many(rows, () => 0)
        .map((_, i) => i + 1)
        .filter((height) => rows % height === 0);
      const height = random.pick(heights);
      const [kh, kw] = [random.between(1, 3), random.between(1, 3)];
      const [down, outAcross] = [random.between(1, 4), random.between(1, 4)];
      const [sy, sx, top, left] = [
        random.between(1, 2),
        random.between(1, 2),
        random.between(-2, 1),
        random.between(-2, 1),
      ];
      if (kh * kw * width > 96) return undefined;
      return to.gather(a, { height, across: rows / height, down, outAcross, kh, kw, sy, sx, top, left });
    }
    case "max": {
      const widths = many(width, () => 0)
        .map((_, i) => i + 1)
        .filter((each) => width % each === 0);
      return to.max(a, random.pick(widths));
    }
    case "transpose":
      return to.transpose(a);
    case "scores": {
      const heads = random.pick(
        many(width, () => 0)
          .map((_, i) => i + 1)
          .filter((each) => width % each === 0),
      );
      if (heads * rows * rows > 2048) return undefined;
      return to.scores(a, like({ rows, width }), { heads, causal: random.between(0, 1), shift: random.between(1, 26) });
    }
    case "exponents":
      return to.isAttention(a) ? to.exponents(a, exponentEntries(random)) : undefined;
    case "mix": {
      const scores = append(random, to, "scores", a, others);
      if (scores === undefined) return undefined;
      const weights = to.exponents(scores, exponentEntries(random));
      const { rows: stacked, width: moments } = to.shapeOf(weights);
      const channels = (stacked / moments) * random.between(1, 3);
      return to.mix(weights, like({ rows: channels, width: moments }), random.between(0, 7));
    }
    case "argmax": {
      if (width > 256) return undefined;
      const tokens = random.chance(0.5) ? like({ rows, width: 1 }) : undefined;
      return to.argmax(a, tokens === undefined ? undefined : { stop: random.between(0, 255), tokens });
    }
    default:
      return undefined;
  }
}

/** Every kind that is computed. */
export const computedKinds: readonly string[] = operatorKinds
  .map(({ name }) => name)
  .filter((name) => name !== "input");

const tensor = (name: string, { rows, width }: { rows: number; width: number }) => ({ name, dims: [rows, width] });

function finish(random: Random, to: GraphBuilder, last: number): Sample {
  const model = to.finish(tensor("x", to.shapeOf(0)), tensor("y", to.shapeOf(last)));
  const { rows, width } = to.shapeOf(0);
  return { model, input: elements(random, rows * width) };
}

/** A graph that ends with an operator of this kind, of random shape and constants. */
export function randomOperator(random: Random, name: string): Sample {
  for (;;) {
    const to = new GraphBuilder({
      rows: random.between(1, MOST),
      width: name === "embed" ? 1 : random.between(1, MOST),
    });
    // Some kinds read others of their own.
    const before = name === "exponents" ? append(random, to, "scores", 0, []) : 0;
    const last = before === undefined ? undefined : append(random, to, name, before, []);
    if (last === undefined) continue;
    // A constant is no end.
    if (name === "constant") return finish(random, to, to.add(0, last, { m: 0, n: 2, shift: 1 }));
    return finish(random, to, last);
  }
}

/** A graph of up to 16 operators that read each other at random. */
export function randomGraph(random: Random): Sample {
  const to = new GraphBuilder({ rows: random.between(1, MOST), width: random.pick([1, random.between(1, MOST)]) });
  const added = [0];
  const length = random.between(2, 14);
  while (added.length < length || added.length < 2) {
    const found = append(random, to, random.pick(computedKinds), random.pick(added.slice(-4)), added);
    if (found !== undefined) added.push(found);
  }
  return finish(random, to, to.table(added.at(-1) as number, elements(random, 256)));
}

/** A small language model: a generation of one or two layers. */
export function randomGeneration(random: Random): Sample {
  const [prompt, fed] = [random.between(1, 6), random.between(1, 8)];
  const moments = prompt + fed;
  const depth = random.between(1, 4);
  const heads = random.between(1, 3);
  const width = heads * depth;
  const to = new GraphBuilder({ rows: moments, width: 1 }, fed);
  const linear = (a: number, size: number) =>
    to.linear(
      a,
      many(size, () => neuron(random, to.shapeOf(a).width)),
    );
  const added = (a: number, b: number) =>
    to.add(a, b, { m: random.between(1, 5), n: random.between(1, 5), shift: random.between(1, 3) });
  const positions = to.constant(many(moments, () => elements(random, width)));
  let x = added(
    to.embed(
      0,
      many(256, () => elements(random, width)),
    ),
    positions,
  );
  for (let layer = 0; layer < random.between(1, 2); layer++) {
    const normal = to.table(x, elements(random, 256));
    const scores = to.scores(linear(normal, width), linear(normal, width), {
      heads,
      causal: 1,
      shift: random.between(1, 12),
    });
    const weights = to.exponents(scores, exponentEntries(random));
    const mixed = to.mix(weights, to.transpose(linear(normal, width)), random.between(0, 2));
    x = added(x, linear(mixed, width));
    x = added(x, linear(to.table(linear(x, 2 * width), elements(random, 256)), width));
  }
  const logits = linear(to.pick(x, prompt - 1, fed + 1), random.pick([2, 40, 256]));
  const ending = random.chance(0.5)
    ? { stop: random.between(0, 3), tokens: to.pick(0, prompt - 1, fed + 1) }
    : undefined;
  to.argmax(logits, ending);
  const model = to.finish({ name: "prompt", dims: [1, prompt] }, { name: "text", dims: [1, fed + 1] });
  return { model, input: elements(random, prompt) };
}
