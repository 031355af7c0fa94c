import { broadcast, dtypes, type Inferred, type Operator, prices, type Site, shaped, sizeOf } from "../operator.ts";

const same =
  (work: number) =>
  (site: Site): Inferred => {
    const { dtype, dims } = site.input(0);
    return { outputs: [shaped(dtype, dims)], work: work * sizeOf({ dtype, dims }) };
  };

const unary = (attributes: Operator["attributes"] = {}, work: number = prices.element, since = 0): Operator => ({
  inputs: [1, 1],
  attributes,
  since,
  infer: same(work),
});

/** An operation on two values, or on any number of them, that are brought to the same shape. */
const together = (
  most: number,
  dtype?: number,
  attributes: Operator["attributes"] = {},
  work: number = prices.element,
): Operator => ({
  inputs: [most === 2 ? 2 : 1, most],
  attributes,
  infer(site) {
    let { dims } = site.input(0);
    const of = site.input(0).dtype;
    for (let i = 1; i < site.inputCount; i++) {
      const other = site.input(i);
      if (other.dtype !== of) site.refuse(`takes the element types ${of} and ${other.dtype} together`);
      dims = broadcast(dims, other.dims, site);
    }
    const output = shaped(dtype ?? of, dims);
    return { outputs: [output], work: work * Math.max(1, site.inputCount - 1) * sizeOf(output) };
  },
});

const MANY = 64;

/** Operators that map each element alone. */
export const elementwise: Readonly<Record<string, Operator>> = {
  Abs: unary(),
  Add: together(2),
  And: together(2, dtypes.bool),
  BitShift: together(2, undefined, { direction: "text" }),
  BitwiseAnd: { ...together(2), since: 18 },
  BitwiseNot: unary({}, prices.element, 18),
  BitwiseOr: { ...together(2), since: 18 },
  BitwiseXor: { ...together(2), since: 18 },
  Cast: {
    inputs: [1, 1],
    attributes: { to: "int", saturate: "int" },
    infer(site) {
      const { dims } = site.input(0);
      const output = shaped(site.int("to", 0), dims);
      return { outputs: [output], work: prices.element * sizeOf(output) };
    },
  },
  Ceil: unary(),
  Clip: {
    inputs: [1, 3],
    infer(site) {
      for (const bound of [site.optional(1), site.optional(2)])
        if (bound && bound.dims.length > 0) site.refuse("has a bound that is no scalar");
      return same(prices.element)(site);
    },
  },
  Div: together(2),
  // Training is refused: its output is random.
  Dropout: {
    inputs: [1, 3],
    attributes: { seed: "int" },
    infer(site) {
      const training = site.optional(2);
      if (training && (!training.constant || training.constant.isTrue))
        site.refuse("trains, so that its output is random");
      return same(prices.element)(site);
    },
  },
  Elu: unary({ alpha: "float" }, prices.function),
  Equal: together(2, dtypes.bool),
  Erf: unary({}, prices.function),
  Exp: unary({}, prices.function),
  Floor: unary(),
  Gelu: unary({ approximate: "text" }, prices.function, 20),
  Greater: together(2, dtypes.bool),
  GreaterOrEqual: together(2, dtypes.bool),
  HardSigmoid: unary({ alpha: "float", beta: "float" }),
  HardSwish: unary({}, prices.element, 14),
  Identity: unary(),
  LeakyRelu: unary({ alpha: "float" }),
  Less: together(2, dtypes.bool),
  LessOrEqual: together(2, dtypes.bool),
  Log: unary({}, prices.function),
  Max: together(MANY),
  Mean: together(MANY),
  Min: together(MANY),
  Mod: together(2, undefined, { fmod: "int" }, prices.remainder),
  Mul: together(2),
  Neg: unary(),
  Not: unary(),
  Or: together(2, dtypes.bool),
  PRelu: together(2),
  Pow: {
    inputs: [2, 2],
    infer(site) {
      const [base, exponent] = [site.input(0), site.input(1)];
      const output = shaped(base.dtype, broadcast(base.dims, exponent.dims, site));
      return { outputs: [output], work: prices.function * sizeOf(output) };
    },
  },
  Reciprocal: unary(),
  Relu: unary(),
  Round: unary(),
  Selu: unary({ alpha: "float", gamma: "float" }, prices.function),
  Sigmoid: unary({}, prices.function),
  Sign: unary(),
  Softplus: unary({}, prices.function),
  Softsign: unary(),
  Sqrt: unary(),
  Sub: together(2),
  Sum: together(MANY),
  Tanh: unary({}, prices.function),
  ThresholdedRelu: unary({ alpha: "float" }),
  Where: {
    inputs: [3, 3],
    infer(site) {
      const [condition, x, y] = [site.input(0), site.input(1), site.input(2)];
      if (x.dtype !== y.dtype) site.refuse(`takes the element types ${x.dtype} and ${y.dtype} together`);
      const output = shaped(x.dtype, broadcast(broadcast(condition.dims, x.dims, site), y.dims, site));
      return { outputs: [output], work: prices.function * sizeOf(output) };
    },
  },
  Xor: together(2, dtypes.bool),
};
