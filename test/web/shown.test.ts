import { expect } from "chai";
import type { Season, SeasonState } from "../../sdk/wire.ts";
import { currentSeason, runningSeasonFor, seasonFor, type Wish } from "../../web/shown.ts";

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

describe("the season shown", () => {
  // Numbers 4 to 1.
  const all = seasons("running", "running", "closed", "closed");
  const shown = (wish: Wish) => seasonFor(all, wish)?.seasonId;

  it("is the one that the address names, else that was looked at in the tab, else the running one kept", () => {
    expect(shown({ named: "1", chosen: "2", kept: "3" })).to.equal("1");
    expect(shown({ chosen: "2", kept: "3" })).to.equal("2");
    expect(shown({ kept: "3" })).to.equal("3");
    expect(shown({})).to.equal("4");
  });

  it("passes over seasons that there aren't, and a kept one that is over", () => {
    expect(shown({ named: "99", chosen: "98", kept: "97" })).to.equal("4");
    expect(shown({ kept: "1" })).to.equal("4");
  });

  it("stays the one that a visitor was in when another begins to run", () => {
    const before = seasons("open", "running", "closed");
    const kept = seasonFor(before, {})?.seasonId as string;
    expect(seasonFor(seasons("running", "running", "closed"), { kept })?.seasonId).to.equal(kept);
  });
});

describe("the season to work in", () => {
  const all = seasons("running", "running", "closed", "ended");
  const worked = (wish: Wish) => runningSeasonFor(all, wish)?.seasonId;

  it("is chosen likewise, among those that run", () => {
    expect(worked({ named: "3", chosen: "4" })).to.equal("3");
    expect(worked({ named: "2", chosen: "3" })).to.equal("3");
    expect(worked({ chosen: "1", kept: "3" })).to.equal("3");
    expect(worked({ chosen: "1", kept: "2" })).to.equal("4");
  });

  it("is none where none runs", () => {
    expect(runningSeasonFor(seasons("open", "ended"), { named: "1", chosen: "2" })).to.equal(undefined);
  });
});
