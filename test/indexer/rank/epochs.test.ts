import { expect } from "chai";
import fc from "fast-check";
import { endOf, epochsOf } from "../../../indexer/rank/epochs.ts";

const HOUR = 3_600;
const DAY = 24 * HOUR;

describe("epochs", () => {
  it("are none where a season has no time", () => {
    expect(epochsOf(7, 7).count).to.equal(0);
    expect(epochsOf(7, 3).count).to.equal(0);
  });

  it("have the smallest round length of which a hundred suffice", () => {
    const lengths = [10, 1_000, 1_001, 3_000, 3_001, 6_001, 30_001, 90_001, 100 * HOUR, 100 * HOUR + 1, 600 * HOUR + 1];
    expect(lengths.map((time) => epochsOf(5, 5 + time).length)).to.deep.equal([
      ...[10, 10, 30, 30, 60, 300, 900, HOUR, HOUR, 6 * HOUR, DAY],
    ]);
    expect(epochsOf(0, 100 * DAY).length).to.equal(DAY);
    expect(epochsOf(0, 100 * DAY + 1).length).to.equal(2 * DAY);
    expect(epochsOf(0, 365 * DAY).length).to.equal(4 * DAY);
  });

  it("are a hundred at most, cover the season's time and none begins after it", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.integer({ min: 1, max: 2 ** 40 }), (startsAt, time) => {
        const epochs = epochsOf(startsAt, startsAt + time);
        expect(epochs.count).to.be.within(1, 100);
        expect(endOf(epochs, epochs.count)).to.be.at.least(startsAt + time);
        expect(endOf(epochs, epochs.count - 1)).to.be.below(startsAt + time);
      }),
    );
  });
});
