import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, concat, type Hex, hexToBytes, keccak256, stringToHex } from "viem";
import {
  decodeLayout,
  decodeRows,
  decodeTensorHeader,
  elementSizes,
  encodeLayout,
  encodeRow,
  encodeRows,
  type Layout,
  layoutHash,
  tensorBytes,
  tensorHeader,
  weightsTree,
} from "../../sdk/layouts.ts";
import { orderedTree } from "../../sdk/tree.ts";
import names from "../vectors/names.json" with { type: "json" };

const spec = fc.record({
  name: fc.string({ unit: "binary", maxLength: 20 }),
  dtype: fc.constantFrom(...Object.keys(elementSizes).map(Number)),
  dims: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 4 }),
});

const named = fc.tuple(spec, fc.stringMatching(/^[!-~]{1,20}$/)).map(([each, name]) => ({ ...each, name }));

const layout: fc.Arbitrary<Layout> = fc.record({
  widths: fc.oneof(fc.constant([]), fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 2, maxLength: 6 })),
  input: named,
  output: named,
});

const model = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 }).chain((widths) =>
  fc.record({
    widths: fc.constant(widths),
    layers: fc.tuple(
      ...widths.slice(1).map((width, l) =>
        fc.array(
          fc.record({
            shift: fc.integer({ min: 0, max: 255 }),
            lo: fc.integer({ min: -128, max: 127 }),
            bias: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
            weights: fc
              .array(fc.integer({ min: -128, max: 127 }), {
                minLength: widths[l] as number,
                maxLength: widths[l] as number,
              })
              .map((weights) => Int8Array.from(weights)),
          }),
          { minLength: width, maxLength: width },
        ),
      ),
    ),
  }),
);

describe("layouts", () => {
  const integer: Layout = {
    widths: [2, 1],
    input: { name: "x", dtype: 3, dims: [1, 2] },
    output: { name: "y", dtype: 3, dims: [1, 1] },
  };
  const bytes = encodeLayout(integer);

  const altered = (offset: number, value: number): Uint8Array => {
    const copy = bytes.slice();
    copy[offset] = value;
    return copy;
  };

  it("refuses element types without a fixed size", () => {
    for (const dtype of [0, 8, 14, 16])
      expect(() => tensorBytes({ name: "x", dtype, dims: [1] })).to.throw(
        RangeError,
        `Tensor "x" has unsupported ONNX element type ${dtype}.`,
      );
  });

  it("refuses to write a name that is not one word of printable ASCII, and writes any that is", () => {
    const one = { dtype: 3, dims: [1] };
    for (const { name, layout, wrongAt } of names) {
      const tensor = { name: new TextDecoder().decode(hexToBytes(name as Hex)), ...one };
      const write = () => encodeLayout({ widths: [], input: tensor, output: { name: "y", ...one } });

      if (wrongAt === null) expect(bytesToHex(write())).to.equal(layout);
      else
        expect(write, name).to.throw(
          RangeError,
          `The tensor name ${JSON.stringify(tensor.name)} is not one word of printable ASCII.`,
        );
    }
    const nameless = { ...integer, output: { name: "", ...one } };
    expect(() => encodeLayout(nameless)).to.throw(RangeError, 'The tensor name "" is not');
  });

  it("refuses a layout that ends early, wherever it ends", () => {
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeLayout(bytes.slice(0, length))).to.throw(RangeError);
  });

  it("refuses a layout that goes on", () => {
    expect(() => decodeLayout(new Uint8Array([...bytes, 0]))).to.throw(
      RangeError,
      `The layout goes on after byte ${bytes.length}.`,
    );
  });

  // 32 tag, 2 L, 8 widths, 2 length, then the input's header: 32 tag, 2 length, 1 name, 1 type, 1 rank, 8 dims, 4.
  const corruptions: [string, number, number, string][] = [
    ["another tag", 8, 50, "There is no LAYOUT_V1 tag at byte 0."],
    ["another tag in a header", 52, 50, "There is no TENSOR_V1 tag at byte 44."],
    ["a header longer than its tensor", 43, 50, 'Tensor "x" has a header of 50 bytes that doesn\'t fit it.'],
    ["an unknown element type", 79, 8, 'Tensor "x" has unsupported ONNX element type 8.'],
    ["an empty dimension", 84, 0, 'Tensor "x" of dims [0, 2] can\'t have 2 bytes.'],
    ["a length that the dims don't give", 92, 3, 'Tensor "x" of dims [1, 2] can\'t have 3 bytes.'],
  ];

  for (const [what, offset, value, sentence] of corruptions)
    it(`refuses a layout with ${what}`, () => {
      expect(() => decodeLayout(altered(offset, value))).to.throw(RangeError, sentence);
    });

  it("refuses rows a byte too short or too long", () => {
    for (const length of [0, 7, 9])
      expect(() => decodeRows([2, 1], new Uint8Array(length))).to.throw(
        RangeError,
        `The rows are ${length} bytes; the layout needs 8.`,
      );
  });

  it("refuses rows for a float model", () => {
    expect(() => decodeRows([], new Uint8Array(1))).to.throw("The rows are 1 bytes; the layout needs 0.");
    expect(decodeRows([], new Uint8Array(0))).to.deep.equal([]);
  });

  it("writes the layout as specified", () => {
    const header = (name: string, dims: string, length: string) =>
      concat([
        stringToHex("TENSOR_V1", { size: 32 }),
        "0x0001",
        stringToHex(name),
        "0x0302",
        `0x${dims}`,
        `0x${length}`,
      ]);
    expect(bytesToHex(bytes)).to.equal(
      concat([
        stringToHex("LAYOUT_V1", { size: 32 }),
        "0x00010000000200000001",
        "0x0031",
        header("x", "0000000100000002", "00000002"),
        "0x0031",
        header("y", "0000000100000001", "00000001"),
      ]),
    );
    expect(layoutHash(integer)).to.equal(keccak256(bytes));
    expect(encodeLayout({ ...integer, widths: [] }).slice(32, 36)).to.deep.equal(hexToBytes("0x00000031"));
  });

  it("writes a row as specified, its bias big-endian", () => {
    const row = { shift: 30, lo: -128, bias: -2, weights: Int8Array.of(-1, 127) };
    expect(bytesToHex(encodeRow(row))).to.equal("0x1e80fffffffeff7f");
  });

  it("reads back every layout that it writes", () => {
    fc.assert(
      fc.property(layout, (each) => {
        expect(decodeLayout(encodeLayout(each))).to.deep.equal(each);
      }),
    );
  });

  it("reads a name that is no UTF-8 as far as it can, and hashes the bytes that it has", () => {
    const odd = altered(78, 0xff);
    const read = decodeLayout(odd);
    expect(read.input).to.deep.equal({ ...integer.input, name: "\ufffd", rawName: Uint8Array.of(0xff) });
    expect(encodeLayout(read)).to.deep.equal(odd);
    expect(bytesToHex(tensorHeader(read.input))).to.equal(bytesToHex(odd.slice(44, 93)));
  });

  it("writes back every layout that it can read", () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }), (offset, value) => {
        const changed = altered(offset, value);
        let read: Layout;
        try {
          read = decodeLayout(changed);
        } catch {
          return;
        }
        if ([read.input, read.output].every(({ name, rawName }) => rawName !== undefined || /^[!-~]+$/.test(name)))
          expect(encodeLayout(read)).to.deep.equal(changed);
        else expect(() => encodeLayout(read)).to.throw(RangeError, "is not one word of printable ASCII.");
      }),
      { numRuns: 2000 },
    );
  });

  it("reads the header that bytes begin with, and says where it ends", () => {
    fc.assert(
      fc.property(spec, fc.uint8Array(), (each, rest) => {
        const header = tensorHeader(each);
        expect(decodeTensorHeader(new Uint8Array([...header, ...rest]))).to.deep.equal({
          spec: each,
          length: header.length,
        });
      }),
    );
  });

  it("reads back all rows that it writes, also from within a larger buffer", () => {
    fc.assert(
      fc.property(model, ({ widths, layers }) => {
        const rows = encodeRows(layers);
        expect(decodeRows(widths, rows)).to.deep.equal(layers);
        const padded = new Uint8Array([9, ...rows, 9]).subarray(1, -1);
        expect(decodeRows(widths, padded)).to.deep.equal(layers);
        expect(decodeRows(widths, Buffer.from(rows))).to.deep.equal(layers);
      }),
    );
  });

  it("plants the rows of all layers in one tree, in order", () => {
    fc.assert(
      fc.property(model, ({ layers }) => {
        expect(weightsTree(layers).root).to.equal(orderedTree(layers.flat().map(encodeRow)).root);
        expect(weightsTree(layers).count).to.equal(layers.flat().length);
      }),
    );
  });
});
