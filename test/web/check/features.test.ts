import { expect } from "chai";
import { features } from "../../../models/risk/data.ts";
import { describedBy, shareOf } from "../../../web/check/features.ts";

describe("a trade's features", () => {
  it("are described each, and no other", () => {
    expect(Object.keys(describedBy)).to.have.members([...features]);
  });

  it("read from the least to the most of their scales", () => {
    expect([shareOf(-128), shareOf(127)]).to.deep.equal([0, 1]);
    const read = (name: (typeof features)[number]) => [-128, 127].map((value) => describedBy[name].say(shareOf(value)));
    expect(read("slippage")).to.deep.equal(["0.0 %", "5.0 %"]);
    expect(read("leverage")).to.deep.equal(["1.0 times", "20.0 times"]);
    expect(read("verified")).to.deep.equal(["no", "yes"]);
    expect(read("rate")).to.deep.equal(["0", "60"]);
    expect(read("tokenAge")).to.deep.equal(["0 % towards 2 years", "100 % towards 2 years"]);
  });
});
