import { expect } from "chai";
import { bytesToHex, type Hex, keccak256 } from "viem";
import { forward } from "../../../../inference/integer.ts";
import { buildTraced, traceOf } from "../../../../inference/methods/fraudProof/evidence.ts";
import { nameModel, type PublishedModel } from "../../../../inference/model.ts";
import type { OpenModel } from "../../../../inference/models.ts";
import { ensureDeposit } from "../../../../participant/deposits.ts";
import { type Participant, runJobs } from "../../../../participant/jobs.ts";
import { createKeeper } from "../../../../participant/keeper.ts";
import { attestUnits } from "../../../../participant/methods/fraudProof/attestUnits.ts";
import { createBatcher } from "../../../../participant/methods/fraudProof/batcher.ts";
import { createChallenger } from "../../../../participant/methods/fraudProof/challenger.ts";
import { publishModel } from "../../../../participant/publish.ts";
import { TryAgainError } from "../../../../participant/sender.ts";
import { lieAfter } from "../../../../scripts/demo/accounts.ts";
import { openSeason } from "../../../../scripts/season.ts";
import type { AttestationState } from "../../../../sdk/attestations.ts";
import { callOf } from "../../../../sdk/calls.ts";
import { contractOf } from "../../../../sdk/client.ts";
import { unitSeed } from "../../../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../../../sdk/contexts.ts";
import type { Transaction } from "../../../../sdk/gas.ts";
import { decodeLayout, encodeLayout } from "../../../../sdk/layouts.ts";
import { fraudProof } from "../../../../sdk/methods/fraudProof.ts";
import { Status } from "../../../../sdk/protocol.ts";
import { unitInput } from "../../../../sdk/units.ts";
import { type Site, startSite } from "../../chain.ts";

const UNITS = 24;

/** The digits' layout under a name that no file can have: the canonical writer takes identifiers only. */
function unwritable({ layout }: Site["digits"]): Uint8Array {
  const { widths, input, output } = decodeLayout(layout);
  return encodeLayout({ widths, input: { name: "../0:{}", dtype: input.dtype, dims: input.dims }, output });
}

describe("challenger", () => {
  let site: Site;
  let seasonId: bigint;
  let odd: PublishedModel;

  before(async () => {
    site = await startSite(9);
    const { artifact, rows } = site.digits;
    odd = nameModel(artifact, unwritable(site.digits), rows);
    await publishModel(site.client, site.senderOf(0), site.content, odd, artifact);
    const startsAt = Number(site.follower.heads.latest.timestamp) + 16;
    const endsAt = startsAt + 900;
    seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt, closesAt: endsAt + 400, verifierCap: 0n, uri: "" },
      tasks: [
        {
          ...{ model: site.digits.model, method: fraudProof.id, points: 10n, unitsPerAccount: UNITS, noise: 8 },
          inputs: site.digits.inputs.slice(0, 16 * 64),
        },
        {
          ...{ model: odd, method: fraudProof.id, points: 10n, unitsPerAccount: UNITS, noise: 8 },
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
  const seedOf = () => site.follower.state.seasons.get(seasonId)?.seed as Hex;

  /** Records a single attestation of account `n`, its trace changed by `spoil`. */
  async function attestSingle(n: number, context: Hex, input: Int8Array, spoil = (trace: Uint8Array) => trace) {
    const { layout, modelId } = site.digits.model;
    const { layers } = await site.models.open(modelId);
    const sender = site.senderOf(n);
    const prover = sender.account.address;
    const trace = spoil(traceOf(forward(layers, input)));
    const { attestation, answer, evidence } = buildTraced(layout, {
      ...{ prover, method: fraudProof.id, modelId, context, trace },
      salt: keccak256(bytesToHex(trace)),
    });
    await ensureDeposit(site.client, sender, contractOf(site.client, fraudProof).address, 1000n);
    const args = [fraudProof.id, modelId, attestation.inputHash, context, answer, evidence] as const;
    await sender.send(callOf({ ...site.client.contracts.attestationRegistry, functionName: "attest", args }));
  }

  it("pays an honest prover's batches, and refutes a cheat's; two of each get in nobody's way", async () => {
    const seeding = site.client.contracts.campaign;
    while (site.follower.state.seasons.get(seasonId)?.seed === undefined) {
      await site.follower.heads.next();
      const call = callOf({ ...seeding, functionName: "seed", args: [seasonId] });
      await site
        .senderOf(0)
        .send(call)
        .catch(() => undefined);
    }
    const challengers = [1, 2].map((n) => createChallenger({ ...site, sender: site.senderOf(n) }));
    const stop = running([
      ...challengers,
      ...[3, 4].map((n) => createKeeper(site.client, site.senderOf(n))),
      createBatcher({ ...site, sender: site.senderOf(5), seasonId, taskId: 1n, batchSize: 10 }),
      createBatcher({
        ...site,
        sender: site.senderOf(6),
        seasonId,
        taskId: 1n,
        maxUnits: 8,
        models: lieAfter(3, site.models),
      }),
    ]);
    await site.until(() => attestationsOf(5).length === 3 && attestationsOf(5).every(({ inLedger }) => inLedger));
    await site.until(() => attestationsOf(6)[0]?.status === Status.refuted);

    expect(attestationsOf(5).map(({ status }) => status)).to.deep.equal([
      Status.verified,
      Status.verified,
      Status.verified,
    ]);
    expect(attestationsOf(5).map((each) => each.kind === "batch" && each.message.count)).to.deep.equal([10, 10, 4]);
    const { campaign } = site.client.contracts;
    const cheat = site.senderOf(6).account.address;
    const isSpent = (unit: bigint) =>
      site.client.rpc.readContract({ ...campaign, functionName: "isSpent", args: [seasonId, 1n, cheat, unit] });
    while (!(await isSpent(7n))) await site.follower.heads.next();
    expect(await isSpent(8n)).to.equal(false);
    const entryOf = (n: number) =>
      site.client.rpc.readContract({
        ...campaign,
        functionName: "entryOf",
        args: [seasonId, site.senderOf(n).account.address],
      });
    expect((await entryOf(5))[0]).to.equal(10n * BigInt(UNITS));
    expect(await entryOf(6)).to.deep.equal([0n, 0n, 10n * 10n * 8n]);
    for (const challenger of challengers) {
      const { attestations, units, wrong, missed, unreadable } = challenger.coverage();
      expect([attestations, units, wrong, missed, unreadable.size]).to.deep.equal([4, UNITS + 8, 1, 0, 0]);
    }
    expect(
      site.reports.some((sentence) => / claims -?\d+ in row 0 of layer 1 of unit 3; it is /.test(sentence)),
    ).to.equal(true);
    await stop();
  });

  it("refutes a single attestation, free or of a unit, and pays an honest one on its assigned input", async () => {
    const stop = running([
      createChallenger({ ...site, sender: site.senderOf(1) }),
      createKeeper(site.client, site.senderOf(3)),
    ]);
    const { campaign } = site.client.contracts;
    const context = unitContext({ campaign: campaign.address, seasonId, taskId: 1n, unit: 2n });
    const task = site.follower.state.seasons.get(seasonId)?.tasks[0];
    if (task === undefined) throw new Error("The season has no task.");
    const input = unitInput(unitSeed(seedOf(), 1n, site.senderOf(7).account.address, 2n), task);
    await attestSingle(7, context, input);
    await attestSingle(8, FREE_CONTEXT, input, (trace) => trace.map((byte, i) => (i === 70 ? byte ^ 4 : byte)));
    await attestSingle(8, FREE_CONTEXT, new Int8Array(64).fill(9));
    await site.until(() => attestationsOf(7)[0]?.inLedger && attestationsOf(8).every(({ status }) => status !== 1));

    expect(attestationsOf(7).map(({ status }) => status)).to.deep.equal([Status.verified]);
    expect(attestationsOf(8).map(({ status }) => status)).to.have.members([Status.refuted, Status.verified]);
    await stop();
  });

  it("refutes forged units of a model that no file can be written for", async () => {
    const stop = running([
      createChallenger({ ...site, sender: site.senderOf(1) }),
      createKeeper(site.client, site.senderOf(3)),
    ]);
    const task = site.follower.state.seasons.get(seasonId)?.tasks.find(({ taskId }) => taskId === 2n);
    if (task === undefined) throw new Error("The season has no second task.");
    const { layers } = await site.models.open(site.digits.model.modelId);
    const run = async (input: Uint8Array) => {
      const output = new Uint8Array(forward(layers, new Int8Array(input)).at(-1) as Int8Array);
      output[0] = (output[0] as number) ^ 1;
      return output;
    };
    const forged = { layers, publication: { layout: odd.layout }, session: { run } } as OpenModel;
    const { id } = await attestUnits(site.client, site.senderOf(8), forged, {
      ...{ seed: seedOf(), task, first: 0n, count: UNITS },
    });
    const found = await site.until(() => {
      const attestation = attestationsOf(8).find((each) => each.id === id);
      return attestation && attestation.status !== Status.pending && attestation;
    });
    expect(found.status).to.equal(Status.refuted);
    await stop();
  });

  it("counts an attestation once, however often it had to be sent a refutation", async () => {
    const [attestation] = attestationsOf(6);
    if (attestation === undefined) throw new Error("The cheat has no attestation.");
    const sent: string[] = [];
    const send = async ({ name }: Transaction): Promise<never> => {
      sent.push(name);
      throw new TryAgainError("The transaction gave way to another one.");
    };
    const challenger = createChallenger({ ...site, sender: { ...site.senderOf(1), send } });
    const stateAt = (status: number) => {
      const { methodAt } = site.follower.state.attestations;
      const byId = new Map([[attestation.id, { ...attestation, status }]]);
      return { ...site.follower.state, attestations: { byId, methodAt } };
    };
    for (const name of ["first", "second"]) {
      const [job] = challenger.due(stateAt(Status.pending));
      expect(await job?.run().catch((error: unknown) => error), name).to.be.instanceOf(TryAgainError);
    }

    expect(sent).to.deep.equal(["refuteBatch", "refuteBatch"]);
    expect(challenger.coverage()).to.deep.include({ attestations: 0, units: 0, wrong: 1, missed: 0 });
    // Its window ends before a transaction gets through.
    challenger.due(stateAt(Status.verified));
    expect(challenger.coverage()).to.deep.include({ attestations: 0, wrong: 1, missed: 1 });
  });

  it("counts what was settled before it came as missed", () => {
    const challenger = createChallenger({ ...site, sender: site.senderOf(1) });

    expect(challenger.due(site.follower.state)).to.deep.equal([]);
    expect(challenger.coverage()).to.deep.include({ attestations: 0, units: 0, wrong: 0, missed: 8 });
  });
});
