import { expect } from "chai";
import { type Indexer, startIndexer } from "../../indexer/main.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { createProver } from "../../participant/methods/quorum/prover.ts";
import { createVerifier } from "../../participant/methods/quorum/verifier.ts";
import { campaignAbi } from "../../sdk/abi.ts";
import type {
  AccountAnswer,
  AttestationAnswer,
  Audit,
  ModelsPage,
  ReceiptsPage,
  Standing,
  StandingsPage,
} from "../../sdk/wire.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { scratch, until } from "./running.ts";

const ask = async <T>(indexer: Indexer, path: string): Promise<T> =>
  (await (await fetch(`${indexer.url}${path}`)).json()) as T;

describe("a real season, on a Hardhat chain", () => {
  let site: Site;
  let files: ReturnType<typeof scratch>;
  let indexer: Indexer;

  before(async () => {
    files = scratch();
    site = await startSite(8);
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

  it("ends up in ranks and receipts that equal the chain's", async () => {
    const seasonId = await site.openSeason(200, 2);
    const run = runJobs(
      site.follower,
      [
        createKeeper(site.client, site.senderOf(0)),
        createProver({ ...site, sender: site.senderOf(1), seasonId, parallel: 2 }),
        ...[2, 3, 4].map((n) => createVerifier({ ...site, sender: site.senderOf(n) })),
      ],
      site,
    );
    const settled = until(
      "two units are paid",
      async () => {
        const page = await ask<StandingsPage>(indexer, `/v1/seasons/${seasonId}/standings`);
        return page.items?.some(({ points }) => points === "20") && page;
      },
      100_000,
    );
    const { items } = (await Promise.race([settled, run])) as StandingsPage;

    const { campaign } = site.client.contracts;
    for (const { account, points } of items) {
      const [onChain] = await site.client.rpc.readContract({
        ...{ address: campaign.address, abi: campaignAbi, functionName: "entryOf" },
        args: [seasonId, account],
      });
      expect(String(onChain)).to.equal(points);
    }
    const prover = items[0] as Standing;
    expect(prover).to.include({ account: accountOf(1).address, rank: 1, verified: 2, pending: 0, refuted: 0 });

    const receipts = await ask<ReceiptsPage>(indexer, `/v1/accounts/${prover.account}/receipts?status=verified`);
    expect(receipts.items).to.have.lengthOf(2);
    for (const { rule, delta, attestation } of receipts.items) {
      expect([delta, rule]).to.deep.equal(["10", "Task 1 gives the prover 10 points for a verified unit."]);
      expect(attestation.proven).to.equal(
        "A drawn panel of 1 re-ran the model on the assigned input, and all of them got the prover's output, byte for byte.",
      );
      expect(attestation.steps.map(({ step }) => step)).to.include.members([
        ...[
          "committed",
          "drawScheduled",
          "panelDrawn",
          "voteCommitted",
          "voteRevealed",
          "revealed",
          "revealEnded",
          "settled",
          "awarded",
        ],
      ]);
    }
    const { item } = await ask<AttestationAnswer>(indexer, `/v1/attestations/${receipts.items[0]?.subject}`);
    expect(item).to.include({ status: "verified", counts: true });
    const { seasons } = await ask<AccountAnswer>(indexer, `/v1/accounts/${prover.account}`);
    expect(seasons[0]).to.include({ rank: 1, points: "20" });
    expect((await ask<Audit>(indexer, `/v1/audit/${seasonId}`)).match).to.equal(true);
    expect((await ask<ModelsPage>(indexer, "/v1/models")).items[0]).to.include({ kind: "integer" });
  });
});
