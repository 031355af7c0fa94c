import { expect } from "chai";
import fc from "fast-check";
import { keccak256 } from "viem";
import {
  checkInput,
  checkOutput,
  decodeTensor,
  encodeTensor,
  hashTensor,
  InvalidRunError,
  readInput,
  requireInput,
} from "../../inference/tensors.ts";
import { cidOfKeccak256, parseCid } from "../../sdk/content.ts";
import { elementSizes } from "../../sdk/layouts.ts";

const little = (size: 2 | 4 | 8, ...bits: bigint[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(size * bits.length));
  for (const [i, value] of bits.entries()) {
    if (size === 2) view.setUint16(2 * i, Number(value), true);
    else if (size === 4) view.setUint32(4 * i, Number(value), true);
    else view.setBigUint64(8 * i, value, true);
  }
  return new Uint8Array(view.buffer);
};

/** Floating-point types: element type, size, and the bits of 1, -0, infinities and NaNs. */
const floats = [
  { type: "float", dtype: 1, size: 4, one: 0x3f800000n, zero: 0x80000000n, inf: 0xff800000n, nan: 0x7f800001n },
  { type: "float16", dtype: 10, size: 2, one: 0x3c00n, zero: 0x8000n, inf: 0xfc00n, nan: 0x7e00n },
  { type: "double", dtype: 11, size: 8, one: 0x3ffn << 52n, zero: 1n << 63n, inf: 0xfffn << 52n, nan: 0xfff8n << 48n },
] as const;

describe("tensors", () => {
  const spec = { name: "x", dtype: 3, dims: [1, 4] };

  it("refuses data of another length than the spec says", () => {
    const short = { spec, data: new Uint8Array(3) };
    const sentence = 'Tensor "x" needs 4 bytes; 3 were given.';
    expect(() => hashTensor(short)).to.throw(RangeError, sentence);
    expect(() => encodeTensor(short)).to.throw(RangeError, sentence);
    expect(() => checkInput(spec, short.data)).to.throw(RangeError, sentence);
    expect(() => checkOutput(spec, short.data)).to.throw(InvalidRunError, 'Output "x" is 3 bytes; its layout says 4.');
  });

  it("refuses bytes with a byte too few or too many", () => {
    const bytes = encodeTensor({ spec, data: new Uint8Array(4) });
    expect(() => decodeTensor(bytes.slice(0, -1))).to.throw('Tensor "x" needs 4 bytes; 3 were given.');
    expect(() => decodeTensor(new Uint8Array([...bytes, 0]))).to.throw('Tensor "x" needs 4 bytes; 5 were given.');
  });

  it("refuses bytes that don't begin with a header", () => {
    expect(() => decodeTensor(new Uint8Array(50))).to.throw(RangeError, "There is no TENSOR_V1 tag at byte 0.");
    expect(() => decodeTensor(new Uint8Array(5))).to.throw(RangeError, "The bytes end before byte 32.");
  });

  it("refuses what is no input of a model, as a run that isn't valid", () => {
    const bytes = encodeTensor({ spec, data: Uint8Array.of(1, 2, 3, 4) });
    const short = 'It is no input of the model: Tensor "x" needs 4 bytes; 3 were given.';
    expect(() => requireInput(spec, new Uint8Array(3))).to.throw(InvalidRunError, short);
    expect(() => readInput(spec, bytes.slice(0, -1))).to.throw(InvalidRunError, short);
    for (const other of [new Uint8Array(5), encodeTensor({ spec: { ...spec, name: "z" }, data: new Uint8Array(4) })])
      expect(() => readInput(spec, other)).to.throw(
        InvalidRunError,
        "It is no input of the model: it has another header.",
      );
    expect(readInput(spec, bytes)).to.deep.equal(requireInput(spec, Uint8Array.of(1, 2, 3, 4)));
  });

  it("reads data that shares nothing with the bytes, though they are a Node buffer", () => {
    const bytes = Buffer.from(encodeTensor({ spec, data: new Uint8Array([1, 2, 3, 4]) }));
    const { data } = decodeTensor(bytes);
    bytes.fill(0);
    expect(data).to.deep.equal(new Uint8Array([1, 2, 3, 4]));
    expect(data.buffer.byteLength).to.equal(4);
  });

  for (const { type, dtype, size, one, zero, inf, nan } of floats) {
    const pair = { name: "x", dtype, dims: [2] };

    it(`refuses NaN and Inf in a ${type} input`, () => {
      expect(() => checkInput(pair, little(size, one, nan))).to.throw(RangeError, "has NaN at element 1");
      expect(() => checkInput(pair, little(size, inf, one))).to.throw(RangeError, "has Inf at element 0");
    });

    it(`refuses NaN in a ${type} output, also behind an infinity`, () => {
      expect(() => checkOutput(pair, little(size, inf, nan))).to.throw(
        InvalidRunError,
        'Output "x" has NaN at element 1: the run is invalid.',
      );
    });

    it(`keeps -0 in a ${type} tensor, and Inf in an output`, () => {
      checkInput(pair, little(size, one, zero));
      checkOutput(pair, little(size, inf, zero));
      const minus = hashTensor({ spec: pair, data: little(size, one, zero) });
      expect(minus).not.to.equal(hashTensor({ spec: pair, data: little(size, one, 0n) }));
    });
  }

  it("takes any bits for integers", () => {
    checkInput({ name: "x", dtype: 6, dims: [1] }, little(4, 0x7f800001n));
    checkOutput({ name: "x", dtype: 6, dims: [1] }, little(4, 0x7f800001n));
  });

  it("reads back what it writes, whose keccak256 is the tensor's name", () => {
    const tensors = fc
      .record({
        name: fc.string({ unit: "binary", maxLength: 20 }),
        dtype: fc.constantFrom(...Object.keys(elementSizes).map(Number)),
        dims: fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
      })
      .chain((spec) => {
        const length = spec.dims.reduce((product, dim) => product * dim, elementSizes[spec.dtype] as number);
        return fc.record({ spec: fc.constant(spec), data: fc.uint8Array({ minLength: length, maxLength: length }) });
      });
    fc.assert(
      fc.property(tensors, (tensor) => {
        const bytes = encodeTensor(tensor);
        expect(decodeTensor(bytes)).to.deep.equal(tensor);
        expect(keccak256(bytes)).to.equal(hashTensor(tensor));
        expect(parseCid(cidOfKeccak256(hashTensor(tensor))).digest).to.equal(keccak256(bytes));
      }),
    );
  });

  it("refuses bools other than 0 and 1, in inputs and outputs", () => {
    const flags = { name: "flags", dtype: 9, dims: [3] };
    expect(() => checkInput(flags, Uint8Array.of(0, 1, 3))).to.throw(
      RangeError,
      'Input "flags" has the byte 3 at element 2; a bool is 0 or 1.',
    );
    expect(() => checkOutput(flags, Uint8Array.of(254, 1, 0))).to.throw(
      InvalidRunError,
      'Output "flags" has the byte 254 at element 0, where a bool is 0 or 1: the run is invalid.',
    );
    checkInput(flags, Uint8Array.of(0, 1, 1));
    checkOutput(flags, Uint8Array.of(1, 0, 0));
    checkInput({ ...flags, dtype: 2 }, Uint8Array.of(0, 1, 3));
  });
});
