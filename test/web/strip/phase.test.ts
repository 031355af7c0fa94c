import { expect } from "chai";
import type { Season } from "../../../sdk/wire.ts";
import { phaseOf } from "../../../web/strip/phase.ts";

const season = (edit: Partial<Season>): Season => ({ startsAt: 100, endsAt: 200, closesAt: 300, ...edit }) as Season;

describe("phase", () => {
  it("says where a season is and what comes next", () => {
    expect(phaseOf(season({ state: "drafted", startsAt: null }), 0)).to.equal("drafted, not open yet");
    expect(phaseOf(season({ state: "open" }), 40)).to.equal("starts in 1 min");
    expect(phaseOf(season({ state: "open" }), 100)).to.equal("waits for its seed");
    expect(phaseOf(season({ state: "running" }), 110)).to.equal("running, ends in 1 min 30 s");
    expect(phaseOf(season({ state: "ended" }), 290)).to.equal("ended, points are still settled, closes in 10 s");
    expect(phaseOf(season({ state: "closed" }), 400)).to.equal("closed: no point changes any more");
  });

  it("counts down to nothing that is past", () => {
    expect(phaseOf(season({ state: "running" }), 201)).to.equal("running");
  });
});
