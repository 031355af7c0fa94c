import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, getAddress, type Hex, pad } from "viem";
import { addressIn, Refusal } from "../../../indexer/decode/abi-words.ts";

describe("the address in a word", () => {
  it("refuses a word that is longer than an address", () => {
    for (const word of [`0x${"01".padEnd(64, "0")}`, `0x${"1".padStart(24, "0")}${"ab".repeat(20)}`])
      expect(() => addressIn(word as Hex)).to.throw(Refusal);
  });

  it("is checksummed as viem does it, the first and every further time", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (bytes) => {
        const word = pad(bytesToHex(bytes), { size: 32 });
        expect(addressIn(word)).to.equal(getAddress(bytesToHex(bytes)));
        expect(addressIn(word)).to.equal(getAddress(bytesToHex(bytes)));
      }),
    );
  });
});
