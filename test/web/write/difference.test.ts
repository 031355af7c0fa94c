import { expect } from "chai";
import fc from "fast-check";
import { firstDifference } from "../../../web/write/difference.ts";

const text = fc.uint8Array({ maxLength: 20 });

describe("the first byte that differs", () => {
  it("is none of equal texts", () => {
    fc.assert(
      fc.property(text, (bytes) => {
        expect(firstDifference(bytes, bytes.slice())).to.equal(-1);
      }),
    );
  });

  it("comes after all that are equal, also where one text is longer", () => {
    fc.assert(
      fc.property(text, text, text, (same, a, b) => {
        const [here, claimed] = [
          [...same, 1, ...a],
          [...same, 2, ...b],
        ].map((each) => Uint8Array.from(each));
        expect(firstDifference(here as Uint8Array, claimed as Uint8Array)).to.equal(same.length);
        expect(firstDifference(same, here as Uint8Array)).to.equal(same.length);
      }),
    );
  });
});
