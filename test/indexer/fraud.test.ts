import { expect } from "chai";
import { type Indexer, startIndexer } from "../../indexer/main.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { createBatcher } from "../../participant/methods/fraudProof/batcher.ts";
import { createChallenger } from "../../participant/methods/fraudProof/challenger.ts";
import { lieAfter } from "../../scripts/demo/accounts.ts";
import { openSeason } from "../../scripts/season.ts";
import { auditSeason } from "../../sdk/audit.ts";
import { fraudProof } from "../../sdk/methods/fraudProof.ts";
import type {
  AccountAnswer,
  AttestationAnswer,
  AttestationsPage,
  ReceiptsPage,
  StandingsPage,
} from "../../sdk/wire.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { scratch, until } from "./running.ts";

const [HONEST, CHEAT, CHALLENGER] = [1, 2, 3].map((n) => accountOf(n).address) as [string, string, string];

describe("batches on a Hardhat chain", () => {
  let site: Site;
  let files: ReturnType<typeof scratch>;
  let indexer: Indexer;

  before(async () => {
    files = scratch();
    site = await startSite(6);
    indexer = await startIndexer({
      ...{ rpcs: [site.rpcUrl], deployment: site.deployment, db: files.path("db"), port: 0 },
      ...{ pollInterval: 50, logLevel: "silent" },
    });
  });
  after(async () => {
    await indexer.close();
    await site.close();
    files.remove();
  });

  const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${indexer.url}/v1${path}`)).json()) as T;

  it("are paid or refuted row by row, and every point holds in the audit", async () => {
    const startsAt = Number(site.follower.heads.latest.timestamp) + 16;
    const endsAt = startsAt + 900;
    const seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt, closesAt: endsAt + 400, verifierCap: 0n, uri: "" },
      tasks: [
        {
          ...{ model: site.digits.model, method: fraudProof.id, points: 10n, unitsPerAccount: 12, noise: 8 },
          inputs: site.digits.inputs.slice(0, 16 * 64),
        },
      ],
    });
    const batcher = (n: number, models = site.models) =>
      createBatcher({ ...site, sender: site.senderOf(n), seasonId, models, batchSize: 6 });
    const run = runJobs(
      site.follower,
      [
        createKeeper(site.client, site.senderOf(0)),
        batcher(1),
        // Its second batch lies from its third unit on.
        batcher(2, lieAfter(8, site.models)),
        createChallenger({ ...site, sender: site.senderOf(3) }),
      ],
      site,
    );
    // The penalty comes first and is owed: of its one award the cheat keeps nothing.
    const settled = until(
      "both accounts' batches are settled and paid",
      async () => {
        const { items } = await ask<StandingsPage>(`/seasons/${seasonId}/standings`);
        return items?.[0]?.points === "120" && items.length === 2 && items;
      },
      100_000,
    );
    const standings = (await Promise.race([settled, run])) as StandingsPage["items"];
    expect(standings[0]).to.include({ account: HONEST, verified: 12, pending: 0, refuted: 0, caught: 0 });
    expect(standings[1]).to.include({ account: CHEAT, points: "0", verified: 6, refuted: 6, pending: 0 });
    expect((await ask<AccountAnswer>(`/accounts/${CHALLENGER}`)).seasons[0]).to.include({ caught: 1, points: null });

    const receipts = await ask<ReceiptsPage>(`/accounts/${HONEST}/receipts`);
    for (const { rule, delta, attestation } of receipts.items) {
      expect(rule).to.equal("Task 1 gives the prover 10 points for each verified unit: 60 for the batch's 6.");
      expect(delta).to.equal("60");
      expect(attestation.steps.map(({ step }) => step)).to.deep.equal(["batchAttested", "settled", "awarded"]);
    }
    const refuted = await ask<AttestationsPage>(`/attestations?prover=${CHEAT}&status=refuted`);
    const { item } = await ask<AttestationAnswer>(`/attestations/${refuted.items[0]?.uid}`);
    const dispute = item.steps.find((step) => step.step === "rowRefuted");
    expect(dispute).to.include({ by: CHALLENGER, index: 2, unit: "8" });
    if (dispute?.step === "rowRefuted") expect(dispute.claimed).to.not.equal(dispute.correct);

    const audit = await auditSeason(site.client, seasonId);
    expect(audit.differences).to.deep.equal([]);
    expect(audit.attestations).to.equal(4);
    expect([...audit.entries].map(({ delta }) => delta)).to.have.members([60n, 60n, 60n, -60n]);
  });
});
