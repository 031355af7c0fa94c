import { expect } from "chai";
import fc from "fast-check";
import { elementSizes } from "../../../sdk/layouts.ts";
import { elementsOf, int8Of, shapeOf } from "../../../web/check/elements.ts";

const tensor = (dtype: number, data: Uint8Array) => ({ spec: { name: "x", dtype, dims: [1, 2] }, data });

describe("a tensor's elements", () => {
  it("gives none of a type that it can't read, and names it by its number", () => {
    expect(elementsOf(tensor(77, new Uint8Array(8)), 8)).to.deep.equal([]);
    expect(shapeOf({ dtype: 77, dims: [3] })).to.equal("type 77[3]");
  });

  it("knows every type that the protocol has, by its size", () => {
    for (const [dtype, size] of Object.entries(elementSizes)) {
      expect(elementsOf(tensor(Number(dtype), new Uint8Array(2 * size)), 8), dtype).to.have.lengthOf(2);
      expect(shapeOf({ dtype: Number(dtype), dims: [1, 64] })).to.match(/^[a-z]+\d* ?.*\[1, 64\]$/);
    }
  });

  it("reads little-endian, and no more than is asked for", () => {
    expect(elementsOf(tensor(6, Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255)), 8)).to.deep.equal([1, -1]);
    expect(elementsOf(tensor(7, Uint8Array.of(254, ...new Array(7).fill(255))), 8)).to.deep.equal([-2n]);
    expect(elementsOf(tensor(2, Uint8Array.of(1, 2, 3)), 2)).to.deep.equal([1, 2]);
  });

  it("reads int8 wherever in a buffer the bytes stand", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.nat(8), (bytes, offset) => {
        const data = new Uint8Array([...new Uint8Array(offset), ...bytes]).subarray(offset);
        expect([...int8Of(tensor(3, data))]).to.deep.equal(elementsOf(tensor(3, data), 40));
      }),
    );
  });
});
