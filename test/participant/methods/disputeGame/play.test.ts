import { expect } from "chai";
import type { Hex } from "viem";
import { assignedTo } from "../../../../inference/assignment.ts";
import { GraphBuilder } from "../../../../inference/graphModel/build.ts";
import { disputeGame as inferenceMethod } from "../../../../inference/methods/disputeGame/checks.ts";
import { openPlayable } from "../../../../inference/methods/disputeGame/playable.ts";
import { tracesOf, treeOfTraces } from "../../../../inference/methods/disputeGame/rerun.ts";
import { nameModel, type PublishedModel } from "../../../../inference/model.ts";
import { createChecks } from "../../../../inference/verify/checks.ts";
import { assignedUnit } from "../../../../participant/chainState.ts";
import { ensureDeposit } from "../../../../participant/deposits.ts";
import { type Participant, runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { createRootBatcher } from "../../../../participant/methods/disputeGame/batcher.ts";
import { createDisputeChallenger } from "../../../../participant/methods/disputeGame/challenger.ts";
import { admitGraph, publishModel } from "../../../../participant/publish.ts";
import { openSeason } from "../../../../scripts/season.ts";
import { type AttestationState, detailOf } from "../../../../sdk/attestations.ts";
import { callOf } from "../../../../sdk/calls.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { cidOfSha256 } from "../../../../sdk/content.ts";
import { unitContext } from "../../../../sdk/contexts.ts";
import { decodeLayout, decodeRows, encodeLayout } from "../../../../sdk/layouts.ts";
import { disputeGame } from "../../../../sdk/methods/disputeGame.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { type Site, startSite } from "../../chain.ts";

const UNITS = 40;

describe("prover, challenger and keeper under DisputeGame", function () {
  this.timeout(60_000);
  let site: Site;
  let seasonId: bigint;
  let model: PublishedModel;

  before(async () => {
    site = await startSite(6);
    const layout = decodeLayout(site.digits.model.layout);
    const to = new GraphBuilder({ rows: 1, width: layout.widths[0] as number });
    for (const [layer, rows] of decodeRows(layout.widths, site.digits.model.rows).entries()) to.linear(layer, rows);
    const { layout: graph, artifact } = to.finish(layout.input, layout.output);
    model = nameModel(artifact, encodeLayout(graph), new Uint8Array(0));
    await publishModel(site.client, site.senderOf(0), site.content, model, artifact);
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
    const traces = await tracesOf(playable, input, count);
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
});
