import { expect } from "chai";
import { bytesToHex, type Hex } from "viem";
import { type Indexer, startIndexer } from "../../indexer/main.ts";
import { assignedTo } from "../../inference/assignment.ts";
import { encodeTensor, hashTensor } from "../../inference/tensors.ts";
import { requireAttestation, verifyAttestation } from "../../inference/verify/attestation.ts";
import { assignedUnit } from "../../participant/chainState.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { openSeason } from "../../scripts/season.ts";
import { auditSeason } from "../../sdk/audit.ts";
import { compareApi, readApi } from "../../sdk/auditApi.ts";
import { callOf } from "../../sdk/calls.ts";
import { type Client, connect } from "../../sdk/client.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";
import type { AttestationAnswer, DeploymentAnswer, ReceiptsPage, StandingsPage, Step } from "../../sdk/wire.ts";
import { stepSentence } from "../../web/components/stepSentence.ts";
import { appendToy, registerToy, TOY_ID, toy, unregisterToy } from "../fixtures/toyMethod.ts";
import { scratch, until } from "../indexer/running.ts";
import { type Site, startSite } from "../participant/chain.ts";
import { textOf } from "../web/text.ts";

/**
 * A method that test code alone adds, on a chain, while an indexer, a follower and a keeper run: attested, settled, paid,
 * ranked, described in receipts, verified and audited. Then the same where nobody knows the method.
 */
describe("a method that is added", () => {
  let site: Site;
  let files: ReturnType<typeof scratch>;
  let indexer: Indexer;
  let client: Client;
  let seasonId: bigint;

  before(async () => {
    files = scratch();
    site = await startSite(6);
    indexer = await start();
    registerToy();
    const contract = await appendToy(site.client, site.senderOf(0));
    client = connect(
      { ...site.deployment, contracts: { ...site.deployment.contracts, [toy.name]: contract } },
      site.rpcUrl,
    );
    const startsAt = Number(site.follower.heads.latest.timestamp) + 20;
    const { digits } = site;
    const task = {
      model: digits.model,
      points: 10n,
      unitsPerAccount: 4,
      noise: 8,
      inputs: digits.inputs.slice(0, 16 * 64),
    };
    seasonId = await openSeason(client, site.senderOf(0), {
      ...{ startsAt, endsAt: startsAt + 3_000, closesAt: startsAt + 4_000, verifierCap: 0n, uri: "" },
      tasks: [{ ...task, method: TOY_ID }],
    });
  });
  after(async () => {
    unregisterToy();
    await indexer.close();
    await site.close();
    files.remove();
  });

  /** An indexer that follows the chain, with the deployment's file as it was before the method. */
  async function start(): Promise<Indexer> {
    const options = { rpcs: [site.rpcUrl], deployment: site.deployment, db: files.path("db"), port: 0 };
    const started = await startIndexer({ ...options, pollInterval: 50, logLevel: "silent" });
    await until("the indexer follows the chain", async () => (await fetch(`${started.url}/readyz`)).ok, 60_000);
    return started;
  }

  const ask = async <T>(path: string): Promise<T> => (await (await fetch(`${indexer.url}${path}`)).json()) as T;

  /** Runs the model on a unit of account `n` and attests what it gave; `lie` changes what is shown. */
  async function attest(n: number, unit: bigint, lie = false): Promise<Hex> {
    const sender = site.senderOf(n);
    const prover = sender.account.address;
    const context = unitContext({ campaign: client.contracts.campaign.address, seasonId, taskId: 1n, unit });
    const assigned = await site.until(() => assignedUnit(site.follower.state, context));
    const { layout, session } = await site.models.open(site.digits.model.modelId);
    const data = new Uint8Array(assignedTo(assigned, prover, unit));
    const output = { spec: layout.output, data: await session.run(data) };
    const evidence = encodeTensor(output);
    if (lie) evidence[evidence.length - 1] = (evidence.at(-1) as number) ^ 1;
    const answer = { outputHash: hashTensor(output), traceHash: ZERO_HASH, salt: ZERO_HASH };
    const inputHash = hashTensor({ spec: layout.input, data });
    const args = [TOY_ID, site.digits.model.modelId, inputHash, context, answer, bytesToHex(evidence)] as const;
    await sender.send(callOf({ ...client.contracts.attestationRegistry, functionName: "attest", args }));
    return site.until(
      () =>
        [...site.follower.state.attestations.byId.values()].find(
          ({ message }) => message.prover === prover && message.context === context,
        )?.id,
    );
  }

  /** Lets a keeper give the season its seed, and waits until it runs. */
  const untilRunning = () =>
    keepUntil(() => {
      const { head, seasons } = site.follower.state;
      const season = seasons.get(seasonId);
      return season?.seed !== undefined && head.timestamp >= season.startsAt;
    });

  /** Lets a keeper work until this is so. */
  async function keepUntil<T>(find: () => T | undefined | false): Promise<T> {
    const ending = new AbortController();
    const keeping = runJobs(site.follower, [createKeeper(client, site.senderOf(5))], {
      ...{ signal: AbortSignal.any([site.signal, ending.signal]), report: site.report },
    });
    try {
      return await Promise.race([site.until(find), keeping.then(() => expect.fail("The keeper has ended."))]);
    } finally {
      ending.abort();
      await keeping;
    }
  }

  const stateOf = (id: Hex) => site.follower.state.attestations.byId.get(id);
  const standingsWith = (account: string) =>
    until(
      `${account} is ranked`,
      async () => {
        const { items } = await ask<StandingsPage>(`/v1/seasons/${seasonId}/standings`);
        return items?.find((standing) => standing.account === account);
      },
      60_000,
    );

  const auditAll = async (): Promise<string[]> => {
    const answers = await readApi(indexer.url, seasonId);
    const audit = await auditSeason(client, seasonId);
    return [...audit.differences, ...(await compareApi(client, audit, answers))];
  };

  it("is attested, settled, paid, ranked, described, verified and audited where it is registered", async () => {
    await untilRunning();
    const honest = await attest(1, 0n);
    const liar = await attest(2, 0n, true);
    await keepUntil(() => stateOf(honest)?.inLedger && stateOf(liar)?.status === Status.refuted);
    expect(stateOf(honest)?.status).to.equal(Status.verified);

    const account = site.senderOf(1).account.address;
    expect(await standingsWith(account)).to.include({ rank: 1, place: 1, points: "10", verified: 1 });
    const { items } = await ask<ReceiptsPage>(`/v1/accounts/${account}/receipts`);
    expect(items).to.have.lengthOf(1);
    const { attestation } = items[0] as ReceiptsPage["items"][number];
    expect(attestation.method).to.deep.equal({ id: TOY_ID, name: "ToyMethod" });
    expect(attestation.proven).to.match(/^The output's \d+ bytes are on chain\.$/);
    expect(attestation.notProven).to.equal("That a model gave them.");
    expect(attestation.steps.map(({ step }) => step as string)).to.deep.equal([
      "revealed",
      "toyShown",
      "settled",
      "awarded",
    ]);
    const own = attestation.steps[1] as Step;
    expect(textOf(stepSentence(own, attestation))).to.match(/^\d+ bytes were shown\.$/);

    const { models, content } = site;
    const verified = await verifyAttestation({
      ...{ client, models, content, attestation: await requireAttestation(client, honest) },
    });
    expect(verified.checks.map(({ name, result }) => [name, result])).to.deep.include(["toy", "held"]);
    expect(verified).to.include({ status: "verified", good: true, proven: attestation.proven });
    const lied = await verifyAttestation({
      ...{ client, models, content, attestation: await requireAttestation(client, liar) },
    });
    expect(lied.checks.map(({ name, result }) => [name, result])).to.deep.include(["toy", "failed"]);
    expect(await auditAll()).to.deep.equal([]);
  });

  it("is paid, ranked, described as the chain has it, verified as far as anyone can and audited where nobody knows it", async () => {
    unregisterToy();
    await indexer.close();
    indexer = await start();
    await untilRunning();
    const id = await attest(3, 1n);
    // Nobody knows how to settle it: whoever does, does it by hand.
    await site.senderOf(4).send(
      callOf({
        address: client.deployment.contracts[toy.name]?.address ?? "0x",
        abi: toy.abi,
        functionName: "settle",
        args: [id],
      }),
    );
    await keepUntil(() => stateOf(id)?.inLedger);

    const account = site.senderOf(3).account.address;
    expect(await standingsWith(account)).to.include({ rank: 1, points: "10", verified: 1 });
    const { item } = await ask<AttestationAnswer>(`/v1/attestations/${id}`);
    expect(item.method).to.deep.equal({ id: TOY_ID, name: `unknown method ${TOY_ID}` });
    expect(item.status).to.equal("verified");
    expect(item.steps.map(({ step }) => step)).to.deep.equal(["revealed", "event", "event", "settled", "awarded"]);
    const raw = item.steps[1] as Extract<Step, { step: "event" }>;
    expect(raw.contract).to.equal(client.deployment.contracts[toy.name]?.address);
    expect(raw.topics[1]).to.equal(id);
    expect(item.notProven).to.contain(`unknown method ${TOY_ID}: nothing is known of what it proves`);

    const { models, content } = site;
    const verified = await verifyAttestation({
      ...{ client, models, content, attestation: await requireAttestation(client, id) },
    });
    expect(verified.good).to.equal(true);
    expect(verified.checks.find(({ result }) => result === "unknown")?.detail).to.contain(`unknown method ${TOY_ID}`);
    expect(await auditAll()).to.deep.equal([]);
    expect((await ask<DeploymentAnswer>("/v1/deployment")).contracts).to.have.property("Campaign");
  });
});
