import { expect } from "chai";
import type { Hex } from "viem";
import { assignedTo } from "../../../../inference/assignment.ts";
import { disputeGame as inferenceMethod } from "../../../../inference/methods/disputeGame/checks.ts";
import { openPlayable, runTraced } from "../../../../inference/methods/disputeGame/playable.ts";
import { tracesOf, treeOfTraces } from "../../../../inference/methods/disputeGame/rerun.ts";
import type { PublishedModel } from "../../../../inference/model.ts";
import { createChecks } from "../../../../inference/verify/checks.ts";
import { asGraph } from "../../../../models/asGraph.ts";
import { assignedUnit } from "../../../../participant/chainState.ts";
import { ensureDeposit } from "../../../../participant/deposits.ts";
import { type Participant, runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { createRootBatcher } from "../../../../participant/methods/disputeGame/batcher.ts";
import { createDisputeChallenger } from "../../../../participant/methods/disputeGame/challenger.ts";
import { admitGraph, publishModel } from "../../../../participant/publish.ts";
import { withShownInputs } from "../../../../participant/requests/inputs.ts";
import { createRequestProver } from "../../../../participant/requests/prover.ts";
import { lieAfter, lying } from "../../../../scripts/demo/accounts.ts";
import { openSeason } from "../../../../scripts/season.ts";
import { type AttestationState, detailOf } from "../../../../sdk/attestations.ts";
import { callOf } from "../../../../sdk/calls.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { cidOfSha256 } from "../../../../sdk/content.ts";
import { unitContext } from "../../../../sdk/contexts.ts";
import { disputeGame } from "../../../../sdk/methods/disputeGame.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { askAndWait } from "../../../../sdk/requests/wait.ts";
import { type Site, startSite } from "../../chain.ts";

const UNITS = 40;
/** In wei. */
const COVER = 10n ** 16n;

describe("prover, challenger and keeper under DisputeGame", function () {
  this.timeout(60_000);
  let site: Site;
  let seasonId: bigint;
  let model: PublishedModel;

  before(async () => {
    site = await startSite(6);
    const graph = asGraph(site.digits);
    model = graph.model;
    await publishModel(site.client, site.senderOf(0), site.content, model, graph.artifact);
    expect(await admitGraph(site.client, site.senderOf(0), model)).to.not.equal(undefined);
    expect(await admitGraph(site.client, site.senderOf(0), model)).to.equal(undefined);
    const startsAt = Number(site.follower.heads.latest.timestamp) + 16;
    const endsAt = startsAt + 900;
    seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt, closesAt: endsAt + 2_000, verifierCap: 0n, uri: "" },
      tasks: [
        {
          ...{ model, method: disputeGame.id, points: 10n, unitsPerAccount: UNITS, noise: 8 },
          inputs: site.digits.inputs.slice(0, 16 * 64),
        },
      ],
    });
  });
  after(() => site.close());

  const attestationsOf = (n: number): AttestationState[] =>
    [...site.follower.state.attestations.byId.values()].filter(
      ({ message }) => message.prover === site.senderOf(n).account.address,
    );
  const running = (participants: Participant[]) => {
    const stop = new AbortController();
    const run = runJobs(site.follower, participants, { signal: stop.signal, report: site.report });
    return async () => {
      stop.abort();
      await run;
    };
  };
  const toolsOf = (n: number) => ({ ...site, sender: site.senderOf(n) });
  /** Those of account 2, which also knows inputs that requests show. */
  const challengerTools = () => ({
    ...toolsOf(2),
    content: withShownInputs(site.content, () => site.follower.state.requests),
  });

  /** Records a batch of account `n`, one of whose units has another's trace. */
  async function attestForged(n: number, count: number): Promise<void> {
    const sender = site.senderOf(n);
    const prover = sender.account.address;
    const season = await site.until(() => {
      const found = site.follower.state.seasons.get(seasonId);
      return found?.seed && site.follower.heads.latest.timestamp >= found.startsAt ? found : undefined;
    });
    const task = season.tasks[0];
    if (!task || !season.seed) throw new Error("The season has one task.");
    const assignment = { seed: season.seed, task };
    const playable = await openPlayable(site.client, site.content, model.modelId);
    const input = (unit: number) => new Uint8Array(assignedTo(assignment, prover, BigInt(unit)).buffer);
    const traces = await tracesOf((unit) => runTraced(playable, input(unit)), count);
    traces[count - 2] = traces[0] as Hex;
    const contract = contractOf(site.client, disputeGame);
    const bond = await site.client.rpc.readContract({ ...contract, functionName: "bondFor", args: [count] });
    await ensureDeposit(site.client, sender, contract.address, bond);
    const { attestationRegistry, campaign } = site.client.contracts;
    const context = unitContext({ campaign: campaign.address, seasonId, taskId: 1n, unit: 0n });
    const args = [disputeGame.id, model.modelId, context, count, treeOfTraces(traces).root] as const;
    await sender.send(callOf({ ...attestationRegistry, functionName: "attestRoot", args }));
  }

  it("verify a batch that is right, and pay it", async () => {
    const stop = running([
      createRootBatcher({ ...toolsOf(1), seasonId, batchSize: 25 }),
      createDisputeChallenger(toolsOf(2)),
      createKeeper(site.client, site.senderOf(3)),
    ]);
    await site.until(() => {
      const own = attestationsOf(1);
      return own.length === 2 && own.every(({ status, inLedger }) => status === Status.verified && inLedger);
    });
    await stop();

    expect(attestationsOf(1).map((each) => detailOf(disputeGame, each)?.challenges)).to.deep.equal([[], []]);
  });

  /** What a reader's check of a whole attestation says of its trace. */
  async function traceCheckOf(attestation: AttestationState) {
    const { client, content, follower } = site;
    const assignment = assignedUnit(follower.state, attestation.message.context);
    const { checks, check } = createChecks();
    const looked = { index: undefined, model: undefined, input: undefined, assignment };
    await inferenceMethod.evidence?.check({ client, content, attestation, ...looked }, check);
    return checks.map(({ name, result }) => `${name} ${result}`);
  }

  it("can be checked by a reader: the roots of its units' traces are the prover's", async () => {
    for (const each of attestationsOf(1)) expect(await traceCheckOf(each)).to.deep.equal(["trace held"]);
  });

  it("refute a batch whose prover doesn't answer, after two runs of it", async () => {
    await attestForged(4, 9);
    const file = cidOfSha256(model.artifactHash);
    let reads = 0;
    const content = {
      ...site.content,
      get(cid: string) {
        if (cid === file) reads++;
        return site.content.get(cid);
      },
    };
    const challenger = createDisputeChallenger({ ...toolsOf(2), content });
    const stop = running([challenger, createKeeper(site.client, site.senderOf(3))]);
    await site.until(() => attestationsOf(4).some(({ status }) => status === Status.refuted));
    await stop();

    expect(reads).to.equal(2);
    expect(attestationsOf(4)[0]?.settledBy).to.equal(site.senderOf(2).account.address);
    expect(await traceCheckOf(attestationsOf(4)[0] as AttestationState)).to.deep.equal(["trace failed"]);
  });

  it("answer a challenge of a right batch: whoever plays it on loses", async () => {
    const [right] = attestationsOf(1);
    expect(right?.status).to.equal(Status.verified);
    const prover = createRootBatcher({ ...toolsOf(5), seasonId, batchSize: 7, maxUnits: 7 });
    const stop = running([prover]);
    const own = await site.until(() => attestationsOf(5)[0]);
    if (own.kind !== "batch") throw new Error("It is a batch.");
    const contract = contractOf(site.client, disputeGame);
    const sender = site.senderOf(2);
    const bond = await site.client.rpc.readContract({ ...contract, functionName: "challengeBond", args: [7] });
    await ensureDeposit(site.client, sender, contract.address, bond);
    await sender.send(callOf({ ...contract, functionName: "challengeBatch", args: [own.message] }));
    await site.until(() => (detailOf(disputeGame, attestationsOf(5)[0] as AttestationState)?.openings.size ?? 0) > 0);
    expect(prover.atStake?.(site.follower.state)).to.match(/^1 attestations by roots aren't final/);
    const keeping = running([createKeeper(site.client, site.senderOf(3))]);
    await site.until(() => attestationsOf(5)[0]?.status === Status.verified);
    await keeping();
    await stop();

    expect(detailOf(disputeGame, attestationsOf(5)[0] as AttestationState)?.challenges[0]?.outcome).to.equal(1);
  });

  /** Has an account answer a request, and play for its answer until the returned function is called. */
  async function answered(n: number, isLying: boolean) {
    const models = isLying ? lieAfter(0, site.strangers) : site.strangers;
    const content = withShownInputs(site.content, () => site.follower.state.requests);
    const tools = { ...toolsOf(n), content, models };
    const stop = running([
      createRequestProver({ ...tools, minFee: 0n, maxCover: COVER }),
      createRootBatcher({ ...tools, maxUnits: 0, ...(isLying && { runOf: lying }) }),
    ]);
    const input = new Uint8Array(64).fill(n);
    const wish = { modelId: model.modelId, input, finality: "covered", fee: COVER / 10n, cover: COVER } as const;
    const own = { methods: [disputeGame.id], provers: [site.senderOf(n).account.address] };
    return { ...(await askAndWait(site.client, site.senderOf(0), { ...wish, ...own }, { pollMs: 20 })), stop };
  }
  const settled = (uid: Hex): Promise<AttestationState> =>
    site.until(() => {
      const found = site.follower.state.attestations.byId.get(uid);
      return found && found.status > Status.pending && found;
    });

  it("answer a request by a root, which stands", async () => {
    const { uid, stop } = await answered(1, false);
    const playing = running([createDisputeChallenger(challengerTools()), createKeeper(site.client, site.senderOf(3))]);
    const attestation = await settled(uid);
    await Promise.all([stop(), playing()]);

    expect(attestation.status).to.equal(Status.verified);
    expect(detailOf(disputeGame, attestation)?.challenges).to.deep.equal([]);
  });

  it("refute a forged answer by its one wrong number, though its prover answers every move", async () => {
    const { uid, data, stop } = await answered(4, true);
    const playing = running([createDisputeChallenger(challengerTools())]);
    const attestation = await settled(uid);
    await Promise.all([stop(), playing()]);

    const playable = await openPlayable(site.client, site.content, model.modelId);
    const [right] = runTraced(playable, new Uint8Array(64).fill(4)).outputs.at(-1) as Int8Array;
    expect(detailOf(disputeGame, attestation)?.refutation).to.deep.equal({
      ...{ challenger: site.senderOf(2).account.address, index: 0, operator: playable.program.operators.length - 1 },
      ...{ row: 0, column: 0, claimed: new Int8Array(data)[0], correct: right },
    });
  });
});
