import { dtypes, type Operator, prices, type Site, shaped, sizeOf, type Value } from "../operator.ts";

/** Scale and zero point: for all elements, or one for each position along the axis. */
function checkScale(site: Site, input: Value): void {
  const axis = site.int("axis", 1);
  const length = input.dims[axis < 0 ? axis + input.dims.length : axis];
  for (const value of [site.input(1), site.optional(2)]) {
    const isOne = value === undefined || value.dims.reduce((product, dim) => product * dim, 1) === 1;
    if (!isOne && (value.dims.length !== 1 || value.dims[0] !== length))
      site.refuse(`has a scale of the dims [${value.dims}] for [${input.dims}]`);
  }
}

/** Operators that go between real numbers and quantised ones. */
export const quantisers: Readonly<Record<string, Operator>> = {
  DequantizeLinear: {
    inputs: [2, 3],
    attributes: { axis: "int" },
    infer(site) {
      const input = site.input(0);
      checkScale(site, input);
      return { outputs: [shaped(site.input(1).dtype, input.dims)], work: prices.element * sizeOf(input) };
    },
  },
  DynamicQuantizeLinear: {
    inputs: [1, 1],
    outputs: [3, 3],
    infer(site) {
      const input = site.input(0);
      const outputs = [shaped(dtypes.uint8, input.dims), shaped(dtypes.float, []), shaped(dtypes.uint8, [])];
      return { outputs, work: prices.function * sizeOf(input) };
    },
  },
  QuantizeLinear: {
    inputs: [2, 3],
    attributes: { axis: "int", saturate: "int" },
    infer(site) {
      const input = site.input(0);
      checkScale(site, input);
      return {
        outputs: [shaped(site.optional(2)?.dtype ?? dtypes.uint8, input.dims)],
        work: prices.element * sizeOf(input),
      };
    },
  },
};
