import { expect } from "chai";
import { assumptions } from "./assumptions.ts";
import { NOWHERE, type Outcome, type Participant } from "./outcome.ts";
import { compare, ratesOf } from "./report.ts";
import { table } from "./table.ts";

const someone = (fields: Partial<Participant>): Participant => ({
  ...{ isHonest: true, places: NOWHERE, money: 0, points: 0 },
  ...fields,
});

const outcomeOf = (participants: Participant[]): Outcome => ({
  ...{ participants, attestations: 4, lies: { all: 2, verified: 1 }, ordinary: 4, undrawn: 0, lost: 0n },
  honest: { all: 4, verified: 1, refuted: 1, voided: 1, refused: 1 },
  books: { held: 0n, burned: 0n, balance: 0n },
});

/** What a point is worth: 1 ETH in points. */
const POINTS = 1 / assumptions.pointPrice;

/** Sums are of decimal fractions. */
const rounded = (...values: number[]): number[] => values.map((value) => Number(value.toFixed(9)));

const seats = (count: number) => ({ ...NOWHERE, seats: count });

// In an honest world a seat costs 1 ETH and earns 2 in points.
const rates = ratesOf(
  outcomeOf([someone({ places: seats(2), money: -2, points: 4 * POINTS }), someone({ places: NOWHERE, money: -9 })]),
);

const rowOf = (participants: Participant[], isCapped = false, undrawn = 0) =>
  compare({
    trial: { strategy: "some", verifiers: 4, share: 0.25 },
    outcome: { ...outcomeOf(participants), undrawn },
    ...{ rates, seats: 5, isCapped, part: 0.25 },
  });

describe("report of a strategy", () => {
  it("compares everybody with what honesty earns in the same places", () => {
    const { profit, damage, cost, griefingFactor } = rowOf([
      someone({ isHonest: false, places: seats(1), money: -3 }),
      someone({ places: seats(3), money: -3, points: 2 * POINTS }),
    ]);
    expect(rounded(profit.money, profit.points, profit.total)).to.deep.equal([-2, -2, -4]);
    expect(rounded(damage.money, damage.points, damage.total)).to.deep.equal([0, 4, 4]);
    expect(rounded(cost, griefingFactor as number)).to.deep.equal([4, 1]);
  });

  it("knows damage that costs nothing", () => {
    const { cost, griefingFactor } = rowOf([
      someone({ isHonest: false, places: seats(1), money: 0, points: 2 * POINTS }),
      someone({ places: seats(3), money: -4, points: 6 * POINTS }),
    ]);
    expect([cost, griefingFactor]).to.deep.equal([0, null]);
  });

  it("gives both sides their part of seats that weren't drawn", () => {
    const { profit, damage } = rowOf([someone({ isHonest: false }), someone({})], false, 4);
    expect(rounded(profit.total, damage.total)).to.deep.equal([-5, 15]);
  });

  it("deals seats out evenly where points are capped", () => {
    const { profit, damage } = rowOf([someone({ isHonest: false, places: seats(20) }), someone({})], true);
    expect(rounded(profit.total, damage.total)).to.deep.equal([-5, 15]);
  });

  it("counts shares of lies and of honest attestations", () => {
    const { liesVerified, verified, refuted, voided, refused } = rowOf([someone({ places: seats(1) })]);
    expect(liesVerified).to.equal(0.5);
    expect([verified, refuted, voided, refused]).to.deep.equal([0.25, 0.25, 0.25, 0.25]);
  });

  it("is a table whose lines are equally long", () => {
    const lines = table([rowOf([someone({ places: seats(1) })])]).split("\n");
    expect(lines).to.have.length(3);
    expect(new Set(lines.map(({ length }) => length))).to.have.property("size", 1);
    expect(lines[2]).to.match(/^\| some +\| +4 \| +25 % \|/);
  });
});
