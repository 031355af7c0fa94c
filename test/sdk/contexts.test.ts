import { expect } from "chai";
import fc from "fast-check";
import { getAddress, type Hex, keccak256, toHex } from "viem";
import { contextKind, FREE_CONTEXT, unitContext, unitOf, unitWithin } from "../../sdk/contexts.ts";

const bits = (width: bigint) => fc.bigInt({ min: 0n, max: 2n ** width - 1n });

const unit = fc.record({
  campaign: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(toHex(bytes))),
  seasonId: bits(24n),
  taskId: bits(24n),
  unit: bits(40n),
});

describe("contexts", () => {
  const one = { campaign: getAddress(`0x${"ab".repeat(20)}`), seasonId: 1n, taskId: 2n, unit: 3n } as const;

  for (const [field, width] of [
    ["seasonId", 24n],
    ["taskId", 24n],
    ["unit", 40n],
  ] as const)
    it(`refuses a ${field} that doesn't fit, or is negative`, () => {
      expect(unitContext({ ...one, [field]: 2n ** width - 1n })).to.have.length(66);
      expect(() => unitContext({ ...one, [field]: 2n ** width })).to.throw(`${2n ** width}`);
      expect(() => unitContext({ ...one, [field]: -1n })).to.throw("-1");
    });

  it("reads no unit from other kinds", () => {
    const hash = keccak256("0x");
    for (const kind of ["00", "02", "03", "ff"]) {
      const context: Hex = `0x${kind}${hash.slice(4)}`;
      expect(unitOf(context)).to.equal(undefined);
      expect(contextKind(context)).to.equal(Number.parseInt(kind, 16));
    }
  });

  it("is all zero for a free inference, of kind 0", () => {
    expect(FREE_CONTEXT).to.equal(`0x${"0".repeat(64)}`);
    expect(contextKind(FREE_CONTEXT)).to.equal(0);
  });

  it("lays a unit out as kind, contract, season, task, unit", () => {
    expect(unitContext(one)).to.equal(`0x01${"ab".repeat(20)}0000010000020000000003`);
  });

  it("reads back every unit that it writes", () => {
    fc.assert(
      fc.property(unit, (each) => {
        const context = unitContext(each);
        expect(contextKind(context)).to.equal(1);
        expect(unitOf(context)).to.deep.equal(each);
      }),
    );
  });

  it("reads units of one campaign, in any case of its letters, and of no other", () => {
    fc.assert(
      fc.property(unit, unit, (each, other) => {
        const { campaign, ...ids } = each;
        const context = unitContext(each);
        expect(unitWithin(context, campaign)).to.deep.equal(ids);
        expect(unitWithin(context.toLowerCase() as Hex, campaign.toLowerCase() as Hex)).to.deep.equal(ids);
        expect(unitWithin(`0x02${context.slice(4)}`, campaign)).to.equal(undefined);
        fc.pre(other.campaign !== campaign);
        expect(unitWithin(context, other.campaign)).to.equal(undefined);
      }),
    );
  });

  it("counts on by one to the next unit, as a batch does", () => {
    fc.assert(
      fc.property(unit, (each) => {
        fc.pre(each.unit < 2n ** 40n - 1n);
        const next = unitContext({ ...each, unit: each.unit + 1n });
        expect(BigInt(next)).to.equal(BigInt(unitContext(each)) + 1n);
      }),
    );
  });
});
