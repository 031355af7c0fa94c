import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, type Hex, toRlp } from "viem";
import { encodeRlp, numberBytes, type RlpItem } from "../../../indexer/ingest/rlp.ts";

type HexItem = Hex | readonly HexItem[];

const asHex = (item: RlpItem): HexItem => (item instanceof Uint8Array ? bytesToHex(item) : item.map(asHex));

const { item } = fc.letrec<{ item: RlpItem }>((tie) => ({
  item: fc.oneof(
    { depthSize: "small" },
    fc.uint8Array({ maxLength: 2 }),
    fc.uint8Array({ minLength: 50, maxLength: 60 }),
    fc.uint8Array({ minLength: 250, maxLength: 260 }),
    fc.array(tie("item"), { maxLength: 8 }),
  ),
}));

describe("rlp", () => {
  it("equals viem's", () => {
    fc.assert(
      fc.property(item, (one) => {
        expect(bytesToHex(encodeRlp(one))).to.equal(toRlp(asHex(one) as Hex));
      }),
    );
  });

  it("has three bytes of length for 2^16 bytes", () => {
    const long = new Uint8Array(2 ** 16).fill(7);
    expect(bytesToHex(encodeRlp([long]))).to.equal(toRlp([bytesToHex(long)]));
  });

  it("writes numbers without leading zeros, zero without bytes", () => {
    for (const [number, bytes] of [
      [0, []],
      [1, [1]],
      [255, [255]],
      [256, [1, 0]],
      [2 ** 40 + 3, [1, 0, 0, 0, 0, 3]],
    ] as const)
      expect([...numberBytes(number)]).to.deep.equal(bytes);
  });
});
