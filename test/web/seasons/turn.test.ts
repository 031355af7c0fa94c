import { expect } from "chai";
import type { Season } from "../../../sdk/wire.ts";
import { nextTurn, untilNews } from "../../../web/seasons/turn.ts";

const season = (state: Season["state"]) => ({ state, startsAt: 100, endsAt: 200, closesAt: 300 }) as Season;

describe("a season's turns", () => {
  it("come at its start, its end and its close, and then no more", () => {
    expect((["drafted", "open", "running", "ended", "closed"] as const).map(season).map(nextTurn)).to.deep.equal([
      ...[null, 100, 200, 300, null],
    ]);
  });

  it("are looked for when they come, soon again while they are due, and now and then without any", () => {
    expect(untilNews([season("closed"), season("running")], 190)).to.equal(10);
    expect(untilNews([season("running")], 250)).to.equal(3);
    expect(untilNews([season("running")], 0)).to.equal(30);
    expect(untilNews([], 0)).to.equal(30);
  });
});
