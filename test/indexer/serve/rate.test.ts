import { expect } from "chai";
import { createBudgets } from "../../../indexer/serve/rate.ts";

describe("budgets", () => {
  let now: number;
  const budgets = (perMinute: number) => {
    now = 1_000;
    return createBudgets(perMinute, () => now);
  };

  it("refuse what they don't suffice for, take nothing then, and say when they will", () => {
    const { take } = budgets(60);
    expect(take("a", 50)).to.equal(undefined);
    expect([take("a", 11), take("a", 30)]).to.deep.equal([1, 20]);
    expect(take("a", 10)).to.equal(undefined);
    expect(take("a", 1)).to.equal(1);
  });

  it("refill steadily, up to what a minute gives", () => {
    const { take } = budgets(60);
    expect(take("a", 60)).to.equal(undefined);
    for (let second = 0; second < 10; second++) {
      now += 1_000;
      expect([take("a", 1), take("a", 1)]).to.deep.equal([undefined, 1]);
    }
    now += 3_600_000;
    expect([take("a", 60), take("a", 1)]).to.deep.equal([undefined, 1]);
  });

  it("are each client's own", () => {
    const { take } = budgets(1);
    expect([take("a", 1), take("b", 1), take("a", 1)]).to.deep.equal([undefined, undefined, 60]);
  });

  it("are taken whole by what costs more than they can hold", () => {
    const { take } = budgets(6);
    expect([take("a", 40), take("a", 40)]).to.deep.equal([undefined, 60]);
    now += 60_000;
    expect(take("a", 40)).to.equal(undefined);
  });
});
