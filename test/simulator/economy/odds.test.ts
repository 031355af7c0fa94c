import { expect } from "chai";
import { oddsOf } from "./odds.ts";

describe("odds of a drawn panel", () => {
  it("counts small panels as by hand", () => {
    // Three hostile of six; four are drawn in 15 ways: 3 with three hostile, 9 with two, 3 with one.
    const { lie, void: voided } = oddsOf({ listed: 6, hostile: 3, seats: 4, threshold: 3 });
    expect([lie.toFixed(9), voided.toFixed(9)]).to.deep.equal([(3 / 15).toFixed(9), (9 / 15).toFixed(9)]);
  });

  it("is certain where all or none are hostile", () => {
    const panel = { listed: 20, seats: 5, threshold: 4 };
    expect(oddsOf({ ...panel, hostile: 0 })).to.deep.equal({ lie: 0, void: 0 });
    expect(oddsOf({ ...panel, hostile: 20 }).lie.toFixed(9)).to.equal("1.000000000");
  });

  it("gives what docs/economy.md says of 79 members from 1,000, a third of them hostile", () => {
    const { lie, void: voided } = oddsOf({ listed: 1_000, hostile: 333, seats: 79, threshold: 43 });
    expect([lie.toExponential(1), voided.toFixed(4)]).to.deep.equal(["4.5e-5", "0.0064"]);
  });
});
