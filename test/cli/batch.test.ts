import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { createTestClient, type Hex, http, toHex } from "viem";
import { forward } from "../../inference/integer.ts";
import { buildTraced, traceOf } from "../../inference/methods/fraudProof/evidence.ts";
import type { Models } from "../../inference/models.ts";
import type { Check } from "../../inference/verify/checks.ts";
import { ensureDeposit } from "../../participant/deposits.ts";
import { attestUnits } from "../../participant/methods/fraudProof/attestUnits.ts";
import { lieAfter } from "../../scripts/demo/accounts.ts";
import { openSeason } from "../../scripts/season.ts";
import { callOf } from "../../sdk/calls.ts";
import { contractOf } from "../../sdk/client.ts";
import { attestationUid } from "../../sdk/commitments.ts";
import { FREE_CONTEXT } from "../../sdk/contexts.ts";
import { fraudProof } from "../../sdk/methods/fraudProof.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { accountOf, type Site, startSite } from "../participant/chain.ts";
import { type Answer, keyOf, runCommand } from "./site.ts";

/** Numbers of the site's accounts. */
const PROVER = 1;
const FORGER = 2;
const CHALLENGER = 3;

const UNITS = 24;
const WINDOW = 5_000;

describe("proofboard and FraudProof", () => {
  let site: Site;
  let environment: Record<string, string>;
  /** An honest batch of units 2 to 11, and two with a wrong answer in unit 3, the second of which nobody refutes. */
  let honest: Hex;
  let forged: Hex;
  let missed: Hex;

  before(async () => {
    site = await startSite(4, { fraud: WINDOW });
    const { client, senderOf, digits, follower, directory, rpcUrl } = site;
    const startsAt = Number(follower.heads.latest.timestamp) + 16;
    const endsAt = startsAt + 2 * WINDOW;
    const inputs = digits.inputs.slice(0, 16 * 64);
    const task = { model: digits.model, points: 10n, unitsPerAccount: UNITS, noise: 8, inputs };
    await openSeason(client, senderOf(0), {
      ...{ startsAt, endsAt, closesAt: endsAt + 2 * WINDOW, verifierCap: 0n, uri: "" },
      tasks: [
        { ...task, method: quorum.id },
        { ...task, method: fraudProof.id },
      ],
    });
    const file = join(directory, "deployment.json");
    await writeFile(file, JSON.stringify(site.deployment));
    environment = {
      PROOFBOARD_RPC: rpcUrl,
      PROOFBOARD_API: "http://127.0.0.1:1",
      PROOFBOARD_DEPLOYMENT: file,
      PROOFBOARD_CONTENT: join(directory, "content"),
      PROOFBOARD_JOURNAL: join(directory, "cli-journal.sqlite"),
    };
  });
  after(() => site.close());

  const run = (args: string[], changed: Record<string, string> = {}): Promise<Answer> =>
    runCommand(args, { ...environment, ...changed });
  const as = (n: number) => ({ PROOFBOARD_PRIVATE_KEY: keyOf(n) });
  const attest = (units: string, n = PROVER): Promise<Answer> =>
    run(["attest", "--batch", "1/2", "--units", units, "--json"], as(n));
  const statusOf = (id: Hex): Promise<number> =>
    site.client.rpc.readContract({
      ...site.client.contracts.attestationRegistry,
      functionName: "statusOf",
      args: [id],
    });
  const results = (stdout: string): string[] =>
    JSON.parse(stdout).checks.map(({ name, result }: Check) => `${name} ${result}`);

  /** Attests units of the forger's, with a wrong answer in the `honestRuns`-th. */
  async function forge(first: bigint, honestRuns: number): Promise<Hex> {
    const season = site.follower.state.seasons.get(1n);
    const task = season?.tasks[1];
    if (season?.seed === undefined || task === undefined) throw new Error("The season has no seed, or no task.");
    const lying: Models = lieAfter(honestRuns, site.models);
    const model = await lying.open(task.modelId);
    const range = { seed: season.seed, task, first, count: 8 };
    return (await attestUnits(site.client, site.senderOf(FORGER), model, range)).id;
  }

  /** Records a free single attestation of the forger's, its trace changed by `spoil`. */
  async function attestSingle(spoil: (trace: Uint8Array) => Uint8Array): Promise<Hex> {
    const { client, deployment, digits, models } = site;
    const { attestationRegistry } = client.contracts;
    const sender = site.senderOf(FORGER);
    const { modelId, layout } = digits.model;
    const { layers } = await models.open(modelId);
    const trace = spoil(traceOf(forward(layers, new Int8Array(64).fill(3))));
    const { attestation, answer, evidence } = buildTraced(layout, {
      ...{ prover: sender.account.address, method: fraudProof.id, modelId, context: FREE_CONTEXT, trace },
      salt: toHex(7, { size: 32 }),
    });
    await ensureDeposit(client, sender, contractOf(client, fraudProof).address, 210n);
    const args = [fraudProof.id, modelId, attestation.inputHash, FREE_CONTEXT, answer, evidence] as const;
    await sender.send(callOf({ ...attestationRegistry, functionName: "attest", args }));
    return attestationUid(deployment.chainId, attestationRegistry.address, attestation);
  }

  it("refuses a batch before the season's seed is set", async () => {
    const { code, stderr } = await attest("0..9");
    expect(stderr).to.equal("Season 1 has no seed yet, so no input is assigned.\n");
    expect(code).to.equal(1);
  });

  describe("in a running season", () => {
    before(async () => {
      const seed = callOf({ ...site.client.contracts.campaign, functionName: "seed", args: [1n] });
      await site.until(() => site.follower.state.seasons.has(1n));
      for (let blocks = 0; blocks < 3; blocks++) await site.follower.heads.next();
      await site.senderOf(0).send(seed);
      await site.until(() => {
        const season = site.follower.state.seasons.get(1n);
        return season?.seed !== undefined && site.follower.state.head.timestamp >= season.startsAt;
      });
    });

    const refused: [string, string[], string][] = [
      ["an unknown season", ["--batch", "7/1", "--units", "0..9"], "There is no season 7; the last one is 1."],
      ["an unknown task", ["--batch", "1/3", "--units", "0..9"], "Season 1 has no task 3."],
      [
        "a task of another method",
        ["--batch", "1/1", "--units", "0..9"],
        "Task 1 of season 1 is verified by Quorum; a batch needs FraudProof.",
      ],
      [
        "units beyond the cap",
        ["--batch", "1/2", "--units", "20..24"],
        "Task 2 has no unit 24: the units are 0 to 23.",
      ],
    ];
    for (const [what, args, sentence] of refused)
      it(`refuses ${what}`, async () => {
        const { code, stderr } = await run(["attest", ...args], as(PROVER));
        expect(stderr).to.equal(`${sentence}\n`);
        expect(code).to.equal(1);
      });

    it("refuses to attest a batch without a key", async () => {
      const { code, stderr } = await run(["attest", "--batch", "1/2", "--units", "0..9"]);
      expect(stderr).to.contain("There is no key");
      expect(code).to.equal(1);
    });

    it("refuses to attest a batch and to challenge where the deployment has no FraudProof, yet reads models there", async () => {
      const { FraudProof: _, ...contracts } = site.deployment.contracts;
      const file = join(site.directory, "without.json");
      await writeFile(file, JSON.stringify({ ...site.deployment, contracts }));
      const without = { PROOFBOARD_DEPLOYMENT: file };
      const sentence = "The deployment on chain 31337 has no FraudProof contract.\n";
      const batch = await run(["attest", "--batch", "1/2", "--units", "0..9"], { ...without, ...as(PROVER) });
      expect([batch.code, batch.stderr]).to.deep.equal([1, sentence]);
      const challenge = await run(["challenge", `0x${"ab".repeat(32)}`], without);
      expect([challenge.code, challenge.stderr]).to.deep.equal([1, sentence]);
      expect((await run(["models"], without)).code).to.equal(0);
    });

    it("refuses to challenge what isn't recorded", async () => {
      const id = `0x${"ab".repeat(32)}`;
      const { code, stderr } = await run(["challenge", id]);
      expect(stderr).to.equal(`No attestation or batch ${id} under FraudProof is recorded on chain 31337.\n`);
      expect(code).to.equal(1);
    });

    it("attests ten units in one transaction, with the bond it takes", async () => {
      const { code, stdout, stderr } = await attest("2..11");
      expect(code, stderr).to.equal(0);
      const { id, prover, first, count, bond, refutableUntil } = JSON.parse(stdout);
      honest = id;
      expect({ prover, first, count, bond }).to.deep.equal({
        ...{ prover: accountOf(PROVER).address, first: "2", count: 10, bond: "300" },
      });
      const { attestationRegistry, bonds } = site.client.contracts;
      const { rpc } = site.client;
      const record = await rpc.readContract({ ...attestationRegistry, functionName: "recordOf", args: [id] });
      expect([record.prover, record.count, record.status]).to.deep.equal([prover, 10, 1]);
      expect(refutableUntil).to.equal(record.attestedAt + WINDOW);
      const args = [contractOf(site.client, fraudProof).address, prover] as const;
      expect((await rpc.readContract({ ...bonds, functionName: "bondOf", args })).locked).to.equal(300n);
    });

    it("refuses to attest the same units again, or some of them, before it sends anything", async () => {
      for (const units of ["2..11", "0..2", "11..13", "5..6"]) {
        const { code, stdout, stderr } = await attest(units);
        expect(stderr).to.equal(`Units 2 to 11 of task 2 are attested already, by ${honest}: a unit is paid once.\n`);
        expect(JSON.parse(stdout).error).to.contain("are attested already");
        expect(code).to.equal(1);
      }
    });

    it("refuses to look at a unit that the batch doesn't have, or with an input", async () => {
      const outside = await run(["verify", honest, "--unit", "12"]);
      expect(outside.stderr).to.equal(`Batch ${honest} has no unit 12: its units are 2 to 11.\n`);
      expect(outside.code).to.equal(1);
      const given = await run(["verify", honest, "--input", "x"]);
      expect(given.stderr).to.equal(`${honest} is a batch: its inputs are assigned, not given.\n`);
      expect(given.code).to.equal(2);
    });

    it("finds that an honest batch holds, as a whole and in one unit", async () => {
      const whole = await run(["verify", honest, "--json"]);
      expect(results(whole.stdout)).to.deep.equal(["uid held", "record held", "tree held", "rows held"]);
      expect(whole.code).to.equal(0);
      const one = await run(["verify", honest, "--unit", "5", "--json"]);
      expect(results(one.stdout)).to.deep.equal([
        ...["uid held", "record held", "tree held", "proof held", "record held"],
        ...["model held", "input held", "rows held", "run held", "output held"],
      ]);
      expect(JSON.parse(one.stdout)).to.deep.include({ good: true, status: "pending", unit: "5", refutation: null });
      expect(one.code).to.equal(0);
    });

    it("has nothing to refute in an honest batch, and needs no key to say so", async () => {
      const { code, stdout } = await run(["challenge", honest]);
      expect(stdout).to.contain("honest: nothing to refute. All 10 units were recomputed, row by row.");
      expect(code).to.equal(0);
      expect(await statusOf(honest)).to.equal(1);
    });

    it("finds the wrong row of a forged batch, but doesn't refute it without a key", async () => {
      forged = await forge(0n, 3);
      missed = await forge(8n, 3);
      const whole = await run(["verify", forged]);
      expect(whole.stdout).to.match(/✗ rows {4}The prover claims -?\d+ in row 0 of layer 1 of unit 3; it is -?\d+\./);
      expect(whole.code).to.equal(1);
      const one = await run(["verify", forged, "--unit", "3", "--json"]);
      expect(results(one.stdout).filter((result) => result.endsWith("failed"))).to.deep.equal([
        "rows failed",
        "output failed",
      ]);
      expect((await run(["verify", forged, "--unit", "2"])).code).to.equal(0);
      const { code, stderr } = await run(["challenge", forged]);
      expect(stderr).to.contain("There is no key");
      expect(code).to.equal(1);
      expect(await statusOf(forged)).to.equal(1);
    });

    it("refutes a forged batch by one row, for half of the bond, and shows both numbers afterwards", async () => {
      const { code, stdout, stderr } = await run(["challenge", forged, "--json"], as(CHALLENGER));
      expect(code, stderr).to.equal(0);
      const { disputed, refuted, challenger, transactionHash } = JSON.parse(stdout);
      const { claimed, correct } = disputed;
      expect(disputed).to.deep.include({ index: 3, unit: "3", layer: 1, row: 0 });
      expect(claimed).to.equal(correct ^ 1);
      expect([refuted, challenger]).to.deep.equal([true, accountOf(CHALLENGER).address]);
      const receipt = await site.client.rpc.getTransactionReceipt({ hash: transactionHash });
      expect(receipt.status).to.equal("success");
      expect(await statusOf(forged)).to.equal(3);
      const { bonds } = site.client.contracts;
      const args = [challenger as Hex] as const;
      expect(await site.client.rpc.readContract({ ...bonds, functionName: "claimableOf", args })).to.equal(140n);

      const shown = await run(["verify", forged]);
      expect(shown.stdout).to.contain(`refuted  by ${challenger}, by row 0 of layer 1 of unit 3:`);
      expect(shown.stdout).to.contain(`claimed ${claimed}, computed by the contract ${correct}`);
      expect(shown.code).to.equal(1);
      const again = await run(["challenge", forged], as(CHALLENGER));
      expect(again.stdout).to.contain("refuted before: there is nothing left to refute.");
      expect(again.code).to.equal(0);
    });

    it("checks a single attestation's trace row by row, and refutes a wrong one", async () => {
      const right = await attestSingle((trace) => trace);
      const wrong = await attestSingle((trace) => trace.map((byte, i) => (i === 70 ? byte ^ 4 : byte)));
      const input = join(site.directory, "threes.bin");
      await writeFile(input, new Uint8Array(64).fill(3));
      const held = await run(["verify", right, "--input", input, "--json"]);
      expect(results(held.stdout)).to.deep.equal([
        ...["uid held", "record held", "model held", "input held", "run held", "output held"],
        ...["trace held", "rows held"],
      ]);
      const unit = await run(["verify", right, "--unit", "0"]);
      expect(unit.stderr).to.equal(`${right} is no batch, so it has no unit to choose by --unit.\n`);
      expect(unit.code).to.equal(2);
      expect((await run(["challenge", right])).stdout).to.contain("honest: nothing to refute. Its run was recomputed");
      const refuted = await run(["challenge", wrong], as(CHALLENGER));
      expect(refuted.stdout).to.contain("Row     6 of layer 0\n").and.to.contain("refuted: the contract computed");
      expect(refuted.code).to.equal(0);
      expect(await statusOf(wrong)).to.equal(3);
      const shown = await run(["verify", wrong, "--input", input]);
      expect(shown.stdout).to.contain("by row 6 of layer 0:").and.to.contain("✗ rows");
      expect(shown.code).to.equal(1);
    });

    it("says after the window what is verified in a batch, and that it is too late for a missed forgery", async () => {
      const chain = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
      await chain.increaseTime({ seconds: WINDOW });
      await site.follower.heads.next();
      await site.follower.heads.next();
      const late = await run(["challenge", missed], as(CHALLENGER));
      expect(late.stderr).to.contain("refuteBatch was refused: WindowOver(");
      expect(late.code).to.equal(1);
      const contract = contractOf(site.client, fraudProof);
      for (const id of [honest, missed])
        await site.senderOf(0).send(callOf({ ...contract, functionName: "settle", args: [id] }));
      const { code, stdout } = await run(["verify", honest, "--unit", "11"]);
      expect(stdout).to.contain("✓ record  The registry says that the unit is verified in this batch.");
      expect(stdout).to.contain("one honest challenger who re-runs every attestation");
      expect(code).to.equal(0);
      const wrong = await run(["challenge", missed]);
      expect(wrong.stdout).to.contain("wrong, but verified already: nobody refuted it in time.");
      expect(wrong.code).to.equal(1);
    });
  });
});
