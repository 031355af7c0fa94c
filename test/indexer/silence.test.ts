import { expect } from "chai";
import { createSilence } from "../../indexer/silence.ts";

describe("the silence that a watchdog hears", () => {
  it("is the time since the last change, and of a look that came late only two intervals", () => {
    let now = 0;
    const silence = createSilence(100, () => now);
    const at = (time: number, value: number) => {
      now = time;
      return silence(value);
    };
    expect(at(100, 1)).to.equal(0);
    expect(at(200, 1)).to.equal(100);
    expect(at(320, 1)).to.equal(220);
    expect(at(3_600_000, 1)).to.equal(420);
    expect(at(3_600_100, 2)).to.equal(0);
    expect(at(3_600_200, 2)).to.equal(100);
  });
});
