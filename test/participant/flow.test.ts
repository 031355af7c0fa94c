import { expect } from "chai";
import { runActors } from "../../participant/actors.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { createProver } from "../../participant/prover.ts";
import { createVerifier } from "../../participant/verifier.ts";
import { VERIFIED } from "../../participant/view.ts";
import { type Site, startSite } from "./chain.ts";

describe("participants", () => {
  let site: Site;
  before(async () => {
    site = await startSite(8);
  });
  after(() => site.close());

  it("settle", async () => {
    const seasonId = await site.openSeason(200, 2);
    const run = runActors(
      site.board,
      [
        createKeeper(site.client, site.senderOf(0)),
        createProver({ ...site, sender: site.senderOf(1), seasonId, parallel: 2 }),
        ...[2, 3, 4].map((n) => createVerifier({ ...site, sender: site.senderOf(n) })),
      ],
      site,
    );
    await Promise.race([
      run,
      site.until(() => [...site.board.view.statements.values()].filter((s) => s.inLedger).length === 2),
    ]);
    console.log(site.reports);
    for (const s of site.board.view.statements.values()) expect(s.status).to.equal(VERIFIED);
  });
});
