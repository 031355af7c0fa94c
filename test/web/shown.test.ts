import { expect } from "chai";
import type { Season, SeasonState } from "../../sdk/wire.ts";
import { currentSeason } from "../../web/shown.ts";

const seasons = (...states: SeasonState[]): Season[] =>
  states.map((state, i) => ({ state, seasonId: String(states.length - i) }) as Season);

describe("current season", () => {
  it("is none where there is none", () => {
    expect(currentSeason([])).to.equal(undefined);
  });

  it("is the newest that runs, else that awards, else that was opened, else that is drafted", () => {
    const current = (...states: SeasonState[]) => currentSeason(seasons(...states))?.seasonId;
    expect(current("drafted", "open", "running", "running", "closed")).to.equal("3");
    expect(current("open", "ended", "closed")).to.equal("2");
    expect(current("drafted", "closed", "closed")).to.equal("2");
    expect(current("drafted", "drafted")).to.equal("2");
  });
});
