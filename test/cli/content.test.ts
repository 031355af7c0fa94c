import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startIndexer } from "../../indexer/main.ts";
import { readModel } from "../../models/read.ts";
import { publishModel } from "../../participant/publish.ts";
import { openSeason } from "../../scripts/season.ts";
import { cidOfSha256 } from "../../sdk/content.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { metadataBytes } from "../../sdk/seasonMetadata.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { keyOf, runCommand } from "./site.ts";

const NOBODY = "http://127.0.0.1:1";

describe("proofboard content", () => {
  let site: Site;
  let folder: string;
  let api: string;
  let seasonId: bigint;
  let close: () => Promise<void>;
  before(async () => {
    site = await startSite(2);
    folder = await mkdtemp(join(tmpdir(), "content-"));
    await writeFile(join(folder, "deployment.json"), JSON.stringify(site.deployment));
    const indexer = await startIndexer({
      ...{ rpcs: [site.rpcUrl], publicRpc: site.rpcUrl, deployment: site.deployment, port: 0, logLevel: "silent" },
      ...{ db: join(folder, "indexer.sqlite"), content: join(folder, "served"), pollInterval: 50 },
      uploads: { quota: 2 ** 20, organisers: [] },
    });
    api = indexer.url;
    close = indexer.close;
    const risk = await readModel("risk");
    await publishModel(site.client, site.senderOf(0), site.content, risk.model, risk.artifact);
    const startsAt = Number(site.follower.heads.latest.timestamp) + 1000;
    const cid = await site.content.put(metadataBytes({ title: "Mirrored" }), "sha2-256");
    const rules = { method: quorum.id, points: 10n, unitsPerAccount: 5, noise: 8 };
    seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt: startsAt + 100, closesAt: startsAt + 5_000, verifierCap: 0n, uri: `ipfs://${cid}` },
      tasks: [site.digits, risk].map((each) => ({ ...rules, model: each.model, inputs: each.inputs.slice(0, 640) })),
    });
  });
  after(async () => {
    await close();
    await site.close();
    await rm(folder, { recursive: true });
  });

  const run = (args: string[], n: number, directory = "mine", from = api) =>
    runCommand(["content", ...args], {
      ...{ PROOFBOARD_RPC: site.rpcUrl, PROOFBOARD_API: from, PROOFBOARD_DEPLOYMENT: join(folder, "deployment.json") },
      ...{ PROOFBOARD_CONTENT: join(folder, directory), PROOFBOARD_PRIVATE_KEY: keyOf(n) },
    });

  it("puts an organiser's file, once, and nobody else's", async () => {
    const file = join(folder, "file.bin");
    await writeFile(file, "content");
    const refused = await run(["put", file], 1);
    expect(refused.stderr).to.contain(`${accountOf(1).address} has neither drafted a season nor published a model.`);
    expect(refused.code).to.equal(1);
    const { code, stdout, stderr } = await run(["put", file], 0);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.match(/^Content {2}bafkrei\w+\nPut on http/);
    expect((await run(["put", file], 0)).stdout).to.contain("Already on http");
    expect((await run(["put", file], 0, "mine", NOBODY)).stderr).to.contain("can't be reached");
  });

  it("mirrors what can be had, and says what can't", async () => {
    const { code, stdout } = await run(["mirror", String(seasonId)], 0);
    expect(stdout)
      .to.match(/^model {5}bafkrei\w+$/m)
      .and.to.match(/^metadata {2}bafkrei\w+\n {2}missing: /m);
    // The integer model is made from the chain; nobody serves the float one.
    expect(stdout.match(/^model {5}bafkrei\w+\n {2}missing: /gm)).to.have.length(1);
    expect(code).to.equal(1);
  });

  it("mirrors a whole season from those who have it", async () => {
    for (const name of await readdir(join(site.directory, "content"))) {
      const put = await run(["put", join(site.directory, "content", name)], 0);
      expect(put.code, put.stderr).to.equal(0);
    }
    const { code, stdout } = await run(["mirror", String(seasonId), "--json", "--from", api], 0, "copy", NOBODY);
    const { content } = JSON.parse(stdout);
    expect(code).to.equal(0);
    expect(content.map(({ what }: { what: string }) => what).sort()).to.deep.equal(["metadata", "model", "model"]);
    const names = await readdir(join(folder, "copy"));
    expect(names).to.include.members(
      [site.digits.model, (await readModel("risk")).model].map(({ artifactHash }) => cidOfSha256(artifactHash)),
    );
  });
});
