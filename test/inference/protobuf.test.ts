import { expect } from "chai";
import { bytesToHex } from "viem";
import { bytesField, floatField, int64Field, intField, message, textField } from "../../inference/protobuf.ts";

describe("protobuf", () => {
  it("refuses integers that a varint field of the writer can't hold", () => {
    expect(() => intField(1, -1)).to.throw(RangeError, "-1 is not an integer from 0 to 2^53 - 1.");
    expect(() => intField(1, 0.5)).to.throw(RangeError, "0.5 is not an integer from 0 to 2^53 - 1.");
  });

  it("writes the examples of the protobuf encoding guide", () => {
    expect(bytesToHex(intField(1, 150))).to.equal("0x089601");
    expect(bytesToHex(textField(2, "testing"))).to.equal("0x120774657374696e67");
    expect(bytesToHex(bytesField(3, message(intField(1, 150))))).to.equal("0x1a03089601");
  });

  it("writes field numbers above 15 and lengths above 127 as longer varints", () => {
    expect(bytesToHex(intField(20, 2))).to.equal("0xa00102");
    expect(bytesToHex(bytesField(9, new Uint8Array(300)).slice(0, 3))).to.equal("0x4aac02");
    expect(bytesToHex(intField(1, Number.MAX_SAFE_INTEGER))).to.equal("0x08ffffffffffffff0f");
  });

  it("writes negative integers as varints of ten bytes, and floats in four", () => {
    expect(bytesToHex(int64Field(3, 150n))).to.equal("0x189601");
    expect(bytesToHex(int64Field(3, -2n))).to.equal("0x18feffffffffffffffff01");
    expect(bytesToHex(floatField(2, 1.5))).to.equal("0x150000c03f");
  });
});
