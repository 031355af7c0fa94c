import { expect } from "chai";
import { requirePostgres } from "../../indexer/store/postgres/server.ts";
import { createWorld, type World } from "../world.ts";
import { runFleetSeed } from "./run.ts";

describe("a fleet, whatever happens to its members and its database", function () {
  this.timeout(300_000);
  let world: World;
  before(async function () {
    await requirePostgres(this);
    world = await createWorld();
  });
  after(() => world?.stop());

  it("is not found equal when a row of its database was changed", async () => {
    const beforeComparing = "UPDATE entries SET points = points + 1 WHERE season_id = 1 AND number = 1";
    const { wrong } = await runFleetSeed(world, 1, { steps: 0, beforeComparing });
    expect(wrong.join("\n"))
      .to.match(/^entries has a row too many: /m)
      .and.match(/^entries lacks a row: /m);
  });

  for (const seed of [1, 4])
    it(`loses nothing and does nothing twice, and no answer mixes blocks or is too old, with seed ${seed}`, async () => {
      const { wrong } = await runFleetSeed(world, seed, { steps: 3 });
      expect(wrong).to.deep.equal([]);
    });
});
