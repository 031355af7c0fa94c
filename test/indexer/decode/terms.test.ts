import { expect } from "chai";
import fc from "fast-check";
import { encodeAbiParameters, getAbiItem, getAddress, type Hex, toHex } from "viem";
import { Refusal } from "../../../indexer/decode/abi-words.ts";
import { decodeTerms } from "../../../indexer/decode/terms.ts";
import { rewardsAbi } from "../../../sdk/abi.ts";

const [, parameter] = getAbiItem({ abi: rewardsAbi, name: "escrow" }).inputs;
const amount = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
const terms = fc.record({
  token: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(toHex(bytes))),
  pool: amount,
  posterBudget: amount,
  perAccount: amount,
  claimPeriod: fc.nat({ max: 2 ** 40 - 1 }),
  prizes: fc.array(fc.record({ places: fc.nat({ max: 2 ** 32 - 1 }), amount }), { maxLength: 64 }),
});
const encode = (values: Parameters<typeof encodeAbiParameters<[typeof parameter]>>[1][0]): Hex =>
  encodeAbiParameters([parameter], [values]);

describe("a season's terms", () => {
  it("are refused with more prizes than a season can have", () => {
    const prizes = Array.from({ length: 65 }, () => ({ places: 1, amount: 1n }));
    const values = { token: getAddress(toHex(1, { size: 20 })), claimPeriod: 1, prizes };
    const encoded = encode({ ...values, pool: 65n, posterBudget: 0n, perAccount: 0n });
    expect(() => decodeTerms(encoded)).to.throw(Refusal);
  });

  it("are refused where no contract encodes them so, and only there", () => {
    fc.assert(
      fc.property(terms, fc.nat(), fc.integer({ min: 1, max: 255 }), (values, at, change) => {
        const bytes = Buffer.from(encode(values).slice(2), "hex");
        bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ change;
        const changed: Hex = `0x${bytes.toString("hex")}`;
        try {
          expect(encode(decodeTerms(changed))).to.equal(changed);
        } catch (error) {
          expect(error).to.be.instanceOf(Refusal);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("are refused cut short or with anything behind them", () => {
    fc.assert(
      fc.property(terms, fc.nat(), (values, length) => {
        const encoded = encode(values);
        expect(() => decodeTerms(encoded.slice(0, 2 + 2 * (length % (encoded.length / 2 - 1))) as Hex)).to.throw(
          Refusal,
        );
        expect(() => decodeTerms(`${encoded}00`)).to.throw(Refusal);
      }),
    );
  });

  it("are read as viem reads them", () => {
    fc.assert(
      fc.property(terms, (values) => {
        expect(decodeTerms(encode(values))).to.deep.equal(values);
      }),
    );
  });
});
