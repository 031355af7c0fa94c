import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { Hex } from "viem";
import { InvalidModelError } from "../../../../inference/failures.ts";
import { verifyAttestation } from "../../../../inference/verify/attestation.ts";
import { readModel } from "../../../../models/read.ts";
import { runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { prove, readProvingFiles } from "../../../../participant/methods/zkProof/prove.ts";
import { createZkProver } from "../../../../participant/methods/zkProof/prover.ts";
import { type CircuitFiles, publishCircuit, publishModel } from "../../../../participant/publish.ts";
import { openSeason } from "../../../../scripts/season.ts";
import { type AttestationState, readAttestation } from "../../../../sdk/attestations.ts";
import { zkProof } from "../../../../sdk/methods/zkProof.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { environmentOf, keyOf, runCommand } from "../../../cli/site.ts";
import { type Site, startSite } from "../../chain.ts";
import { refusal } from "../../refusal.ts";

const PROVER = 1;
const UNITS = 2;
const folder = join(import.meta.dirname, "../../../../models/stripes");

describe("a prover under ZkProof", () => {
  let site: Site;
  const stripes = readModel("stripes");

  before(async () => {
    site = await startSite(3);
    const { model, artifact } = await stripes;
    await publishModel(site.client, site.senderOf(0), site.content, model, artifact);
  });
  after(() => site.close());

  const publishKeys = async () => {
    const { model, circuit } = await stripes;
    return publishCircuit(site.client, site.senderOf(0), site.content, model, circuit as CircuitFiles);
  };

  it("waits for a key that nobody has admitted yet, until `model publish` has it admitted, once", async () => {
    const { modelId } = (await stripes).model;
    expect(await refusal(readProvingFiles(site.client, site.content, modelId))).to.equal(
      `Nobody has admitted the key of model ${modelId} yet.`,
    );
    const { code, stdout, stderr } = await runCommand(["model", "publish", folder, "--json"], {
      ...(await environmentOf(site)),
      PROOFBOARD_CONTENT: join(site.directory, "content"),
      PROOFBOARD_PRIVATE_KEY: keyOf(0),
    });
    expect(code, stderr).to.equal(0);
    const { published, admitted } = JSON.parse(stdout) as { published: boolean; admitted: string | null };
    expect([published, admitted]).to.satisfy(([was, hash]: [boolean, string]) => !was && /^0x\w{64}$/.test(hash));
    expect(await publishKeys()).to.equal(undefined);
    const { key, provingKey } = await readProvingFiles(site.client, site.content, modelId);
    expect([key.isTest, provingKey]).to.deep.equal([true, (await stripes).circuit?.provingKey]);
  });

  it("proves its units, which are verified at once and paid", async () => {
    const { client, follower, senderOf, models, content, report } = site;
    const { model, inputs } = await stripes;
    const startsAt = Number(follower.heads.latest.timestamp) + 16;
    const seasonId = await openSeason(client, senderOf(0), {
      ...{ startsAt, endsAt: startsAt + 2000, closesAt: startsAt + 2700, verifierCap: 0n, uri: "" },
      tasks: [{ model, method: zkProof.id, points: 10n, unitsPerAccount: 8, noise: 8, inputs }],
    });
    const ending = new AbortController();
    const signal = AbortSignal.any([site.signal, ending.signal]);
    const prover = createZkProver({
      ...{ client, sender: senderOf(PROVER), models, content, report, seasonId, maxUnits: UNITS },
    });
    const working = runJobs(follower, [createKeeper(client, senderOf(0)), prover], { signal, report });
    const paid = await site.until(() => {
      const found = [...follower.state.attestations.byId.values()].filter(({ inLedger }) => inLedger);
      return found.length === UNITS && found;
    });
    ending.abort();
    await working;

    for (const { status, message } of paid) {
      expect([status, message.method]).to.deep.equal([Status.verified, zkProof.id]);
      expect(message.prover).to.equal(senderOf(PROVER).account.address);
    }
    expect(site.reports.filter((each) => /is proven, in [\d.]+ seconds\.$/.test(each))).to.have.length(UNITS);
    expect(prover.due(follower.state)).to.deep.equal([]);

    const attestation = paid[0] as AttestationState;
    const found = await verifyAttestation({ client, content, models, attestation });
    expect(found.good).to.equal(true);
    const checks = new Map(found.checks.map(({ name, result }) => [name, result]));
    expect([checks.get("key"), checks.get("zk"), checks.get("output")]).to.deep.equal(["held", "held", "held"]);
    expect(found.notProven).to.contain("TEST key");
  });

  it("gives up a run that the circuit doesn't give", async () => {
    const { modelId } = (await stripes).model;
    const files = await readProvingFiles(site.client, site.content, modelId);
    const input = (await stripes).inputs.slice(0, 16);
    const told: string[] = [];
    const error = await prove(files, { input, output: new Uint8Array(4), uid: `0x${"12".repeat(32)}` }, (what) =>
      told.push(what),
    ).catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(InvalidModelError);
    expect((error as Error).message).to.match(/^The circuit gives another output than the model: signal 0 differs\.$/);
    expect(told).to.deep.equal(["running the circuit", "proving"]);
    const cut = { ...files, provingKey: files.provingKey.slice(0, 1000) };
    expect(await refusal(prove(cut, { input, output: new Uint8Array(4), uid: `0x${"12".repeat(32)}` }))).to.match(
      /^No proof could be made: /,
    );
  });

  describe("proofboard prove", () => {
    it("records any run with its proof, verified", async () => {
      const { client, directory } = site;
      const { model, inputs } = await stripes;
      const file = join(directory, "input.bin");
      await writeFile(file, inputs.slice(16, 32));
      const environment = {
        ...(await environmentOf(site)),
        PROOFBOARD_CONTENT: join(directory, "content"),
        PROOFBOARD_PRIVATE_KEY: keyOf(2),
      };
      const { code, stdout, stderr } = await runCommand(
        ["prove", model.modelId, "--input", file, "--json"],
        environment,
      );
      expect(code, stderr).to.equal(0);
      const { uid, seconds } = JSON.parse(stdout) as { uid: Hex; seconds: number };
      expect(seconds).to.be.above(0);
      const attestation = (await readAttestation(client, uid)) as AttestationState;
      expect(attestation.status).to.equal(Status.verified);

      const verified = await runCommand(["verify", uid], environment);
      expect(verified.code, verified.stderr).to.equal(0);
      expect(verified.stdout)
        .to.match(/zk +The proof was checked here/)
        .and.to.contain("TEST key");
    });

    it("says what is missing", async () => {
      const { stderr, code } = await runCommand(["prove", (await stripes).model.modelId], await environmentOf(site));
      expect([stderr, code]).to.deep.equal(["prove needs --input FILE.\n", 2]);
    });
  });
});
