import { expect } from "chai";
import fc from "fast-check";
import { bytesToHex, hexToBytes } from "viem";
import { readModel } from "../../models/read.ts";
import { features as names } from "../../models/risk/data.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { featuresOf, type Move, proposalContext, tradeHash, tradeTensor } from "../../sdk/vault.ts";
import vectors from "../vectors/vault.json" with { type: "json" };

const constants = Int8Array.from({ length: 16 }, (_, i) => i);
const move: Move = { constants, amount: 1n, spent: 0n, dailyLimit: 510n, moves: 0n, dealings: 0n };

const own = ["size", "exposure", "rate", "dealings"].map((name) => names.indexOf(name as (typeof names)[number]));
const amounts = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n });
const counts = fc.bigInt({ min: 0n, max: 2n ** 32n });
const drawn = fc.record({
  constants: fc.int8Array({ minLength: 16, maxLength: 16 }),
  ...{ amount: amounts, spent: amounts, dailyLimit: amounts, moves: counts, dealings: counts },
});

describe("an agent's vault", () => {
  it("refuses a route of other than sixteen features", () => {
    for (const length of [0, 15, 17])
      expect(() => featuresOf({ ...move, constants: new Int8Array(length) })).to.throw(
        RangeError,
        `A route has 16 features; this one has ${length}.`,
      );
  });

  it("rounds shares to the nearest step, halves up, and ends at the highest", () => {
    const sizeOf = (amount: bigint, dailyLimit: bigint) => featuresOf({ ...move, amount, dailyLimit })[0];

    expect(sizeOf(0n, 510n)).to.equal(-128);
    expect(sizeOf(1n, 510n)).to.equal(-127);
    expect(sizeOf(1n, 511n)).to.equal(-128);
    expect(sizeOf(510n, 510n)).to.equal(127);
    expect(sizeOf(511n, 510n)).to.equal(127);
    expect(sizeOf(0n, 0n)).to.equal(127);
  });

  it("counts dealings by their bits, up to seven", () => {
    const said = [0n, 1n, 2n, 3n, 4n, 63n, 64n, 2n ** 200n].map((dealings) => featuresOf({ ...move, dealings })[15]);
    expect(said).to.deep.equal([-128, -92, -55, -55, -19, 91, 127, 127]);
  });

  it("writes over the route's constants only what it knows itself", () => {
    fc.assert(
      fc.property(drawn, (any) => {
        const features = featuresOf(any);
        const kept = [...features.keys()].filter((i) => features[i] !== any.constants[i]);
        expect(own).to.include.members(kept);
      }),
    );
  });

  it("never says less of more", () => {
    fc.assert(
      fc.property(drawn, drawn, (a, b) => {
        const most = { ...a };
        for (const name of ["amount", "spent", "moves", "dealings"] as const)
          if (b[name] > a[name]) most[name] = b[name];
        const [less, more] = [featuresOf(a), featuresOf(most)];
        for (const i of own) expect(more[i]).to.be.at.least(less[i] as number);
      }),
    );
  });

  it("shows models what both trade models take", async () => {
    for (const name of ["risk", "risk8"]) {
      const { layout } = await readModel(name);
      expect(decodeLayout(layout).input).to.deep.equal(tradeTensor);
    }
  });

  for (const [i, { features, inputHash, constants, ...numbers }] of vectors.features.entries())
    it(`computes the vectors' features ${i}`, () => {
      const [amount, spent, dailyLimit, moves, dealings] = Object.values(numbers).map(BigInt) as [
        ...[bigint, bigint, bigint, bigint, bigint],
      ];
      const computed = featuresOf({
        constants: new Int8Array(hexToBytes(constants as `0x${string}`).buffer),
        ...{ amount, spent, dailyLimit, moves, dealings },
      });

      expect(bytesToHex(new Uint8Array(computed.buffer))).to.equal(features);
      expect(tradeHash(computed)).to.equal(inputHash);
    });

  it("binds an answer to each part of a proposal", () => {
    const { context, ...proposal } = vectors.proposal;
    const given = { ...proposal, nonce: BigInt(proposal.nonce) } as Parameters<typeof proposalContext>[0];
    const others = [
      { chainId: 1 },
      { vault: `0x${"11".repeat(20)}` as const },
      { nonce: 1n },
      { callHash: given.policyHash },
      { policyHash: given.callHash },
    ].map((other) => proposalContext({ ...given, ...other }));

    expect(proposalContext(given)).to.equal(context).and.to.match(/^0x03/);
    expect(new Set([context, ...others]).size).to.equal(6);
  });
});
