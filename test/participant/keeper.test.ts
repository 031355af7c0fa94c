import { expect } from "chai";
import { bytesToHex, encodeErrorResult, type Hex, toHex } from "viem";
import { assignedTo } from "../../inference/assignment.ts";
import { hashTensor } from "../../inference/tensors.ts";
import { assignedUnit } from "../../participant/chainState.ts";
import { runJobs } from "../../participant/jobs.ts";
import { createKeeper } from "../../participant/keeper.ts";
import { participantMethods } from "../../participant/methods/index.ts";
import type { ParticipantMethod } from "../../participant/methods/method.ts";
import { createProver } from "../../participant/methods/quorum/prover.ts";
import { createVerifier } from "../../participant/methods/quorum/verifier.ts";
import { lieAfter } from "../../scripts/demo/accounts.ts";
import { openSeason } from "../../scripts/season.ts";
import { type AttestationState, detailOf } from "../../sdk/attestations.ts";
import { callOf } from "../../sdk/calls.ts";
import { type Client, contractOf } from "../../sdk/client.ts";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { FREE_CONTEXT, unitContext } from "../../sdk/contexts.ts";
import { RevertError } from "../../sdk/errors.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { methods } from "../../sdk/methods/index.ts";
import { quorum } from "../../sdk/methods/quorum.ts";
import { Status } from "../../sdk/protocol.ts";
import { type Site, startSite } from "./chain.ts";
import { attestByHand, imageOf } from "./methods/quorum/attestByHand.ts";
import { appendMock, type MockMethod } from "./mockMethod.ts";
import { refusal } from "./refusal.ts";

describe("keeper", () => {
  let site: Site;
  before(async () => {
    site = await startSite(10);
    const verifiers = [2, 3, 4].map((n) => createVerifier({ ...site, sender: site.senderOf(n) }));
    runJobs(site.follower, verifiers, site).catch((error: Error) => site.report(`Fatal: ${error.message}`));
    const contract = contractOf(site.client, quorum);
    while ((await site.client.rpc.readContract({ ...contract, functionName: "memberCount" })) < 3n)
      await site.follower.heads.next();
    await site.follower.heads.next();
  });
  after(() => site.close());

  const keep = (accounts: number[], signal: AbortSignal) =>
    runJobs(
      site.follower,
      accounts.map((n) => createKeeper(site.client, site.senderOf(n))),
      { signal, report: site.report },
    );
  const attestationOf = (n: number): AttestationState | undefined =>
    [...site.follower.state.attestations.byId.values()].find(
      ({ message }) => message.prover === site.senderOf(n).account.address,
    );

  const detailAt = (n: number) => {
    const found = attestationOf(n);
    return found && detailOf(quorum, found);
  };

  it("settles an attestation whose panel nobody drew in time", async () => {
    const settling = attestByHand(site, site.senderOf(5), await imageOf(site, 1));
    await site.until(() => {
      const detail = detailAt(5);
      return detail && site.follower.state.head.timestamp >= detail.drawUntil;
    });
    expect(detailAt(5)?.panel).to.deep.equal([]);
    const stop = new AbortController();
    const run = keep([1], stop.signal);
    expect((await settling).status).to.equal(Status.void);
    stop.abort();
    await run;
  });

  it("seeds, draws, settles, awards and burns; two keepers get in nobody's way", async () => {
    const stop = new AbortController();
    const { signal } = stop;
    const run = keep([0, 1], signal);
    const seasonId = await site.openSeason(600, 1);
    const options = { ...site, seasonId, maxUnits: 1 };
    const working = runJobs(
      site.follower,
      [
        createProver({ ...options, sender: site.senderOf(6) }),
        createProver({ ...options, sender: site.senderOf(7), models: lieAfter(0, site.models) }),
      ],
      { signal, report: site.report },
    );
    await site.until(() => attestationOf(6)?.inLedger && attestationOf(7)?.status === Status.refuted);
    expect(attestationOf(6)?.status).to.equal(Status.verified);

    // A burn of an account without points leaves no ledger entry, but its mark.
    const { campaign } = site.client.contracts;
    const liar = site.senderOf(7).account.address;
    const isSpent = () =>
      site.client.rpc.readContract({ ...campaign, functionName: "isSpent", args: [seasonId, 1n, liar, 0n] });
    while (!(await isSpent())) await site.follower.heads.next();
    const [points, lastSeq, owed] = await site.client.rpc.readContract({
      ...campaign,
      functionName: "entryOf",
      args: [seasonId, liar],
    });
    expect([points, lastSeq, owed]).to.deep.equal([0n, 0n, 100n]);
    const [seq] = await site.client.rpc.readContract({ ...campaign, functionName: "ledgerOf", args: [seasonId] });
    expect(seq).to.equal(2n);
    stop.abort();
    await Promise.all([run, working]);
    expect(site.reports.filter((sentence) => /^(Fatal|keeper)/.test(sentence))).to.deep.equal([]);
  });

  describe("and methods that it doesn't know", () => {
    let showing: MockMethod;
    let checking: MockMethod;
    let seasonId: bigint;
    const PROVER = 8;
    const LIAR = 9;
    before(async () => {
      showing = await appendMock(site);
      checking = await appendMock(site, true);
      const startsAt = Number(site.follower.heads.latest.timestamp) + 20;
      const endsAt = startsAt + 600;
      const inputs = site.digits.inputs.slice(0, 16 * 64);
      const task = { model: site.digits.model, points: 10n, unitsPerAccount: 4, noise: 8, inputs };
      seasonId = await openSeason(site.client, site.senderOf(0), {
        ...{ startsAt, endsAt, closesAt: endsAt + 400, verifierCap: 0n, uri: "" },
        tasks: [showing, checking].map(({ id }) => ({ ...task, method: id })),
      });
    });

    const contextOf = (taskId: bigint, unit: bigint): Hex =>
      unitContext({ campaign: site.client.contracts.campaign.address, seasonId, taskId, unit });
    const newestOf = (n: number, context: Hex) =>
      [...site.follower.state.attestations.byId.values()].find(
        ({ message }) => message.prover === site.senderOf(n).account.address && message.context === context,
      );

    /** Records a unit's attestation by account `n`, on the assigned input or another, and settles it. */
    async function settleSingle(n: number, method: MockMethod, context: Hex, status: number, isAssigned = true) {
      const { modelId, layout } = site.digits.model;
      const found = assignedUnit(site.follower.state, context);
      if (found === undefined) throw new Error("The season has no seed.");
      const input = assignedTo(found, site.senderOf(n).account.address, found.unit);
      const data = isAssigned ? new Uint8Array(input) : new Uint8Array(64);
      const answer = { outputHash: toHex(1, { size: 32 }), traceHash: ZERO_HASH, salt: ZERO_HASH };
      const inputHash = hashTensor({ spec: decodeLayout(layout).input, data });
      const args = [method.id, modelId, inputHash, context, answer, "0x"] as const;
      const { attestationRegistry } = site.client.contracts;
      await site.senderOf(n).send(callOf({ ...attestationRegistry, functionName: "attest", args }));
      const { id } = await site.until(() => newestOf(n, context));
      await method.settle(id, status);
    }

    /** Records two units from `context` on as one batch of account `n`, and settles it. */
    async function settleBatch(n: number, method: MockMethod, context: Hex, status: number) {
      const { modelId, layout } = site.digits.model;
      const args = [method.id, modelId, context, 2, bytesToHex(layout), "0x0102"] as const;
      const { attestationRegistry } = site.client.contracts;
      await site.senderOf(n).send(callOf({ ...attestationRegistry, functionName: "attestBatch", args }));
      const { id } = await site.until(() => newestOf(n, context));
      await method.settle(id, status);
    }

    const entryOf = (n: number) => {
      const args = [seasonId, site.senderOf(n).account.address] as const;
      return site.client.rpc.readContract({ ...site.client.contracts.campaign, functionName: "entryOf", args });
    };

    it("awards and burns what they settled, and shows the input unless the method has checked it", async () => {
      const stop = new AbortController();
      const run = keep([1], stop.signal);
      await site.until(() => {
        const season = site.follower.state.seasons.get(seasonId);
        return season?.seed !== undefined && site.follower.state.head.timestamp >= season.startsAt;
      });
      await settleSingle(PROVER, showing, contextOf(1n, 1n), Status.verified, false);
      await settleSingle(PROVER, showing, contextOf(1n, 0n), Status.verified);
      await settleBatch(PROVER, showing, contextOf(1n, 2n), Status.verified);
      await settleSingle(PROVER, checking, contextOf(2n, 0n), Status.verified, false);
      await settleSingle(LIAR, checking, contextOf(2n, 0n), Status.refuted);
      await settleBatch(LIAR, showing, contextOf(1n, 0n), Status.refuted);
      const paid = [contextOf(1n, 0n), contextOf(1n, 2n), contextOf(2n, 0n)];
      await site.until(() => paid.every((context) => newestOf(PROVER, context)?.inLedger));
      while ((await entryOf(LIAR))[2] < 300n) await site.follower.heads.next();

      expect((await entryOf(PROVER))[0]).to.equal(40n);
      expect((await entryOf(LIAR))[2]).to.equal(300n);
      // Its input isn't the assigned one, so the campaign refuses it for ever, and the keeper leaves it.
      expect(newestOf(PROVER, contextOf(1n, 1n))?.inLedger).to.equal(false);
      stop.abort();
      await run;
      expect(site.reports.filter((sentence) => /^(Fatal|keeper)/.test(sentence))).to.deep.equal([]);
    });

    it("does for a registered one what its part says, where the deployment has its contract", async () => {
      const { modelId } = site.digits.model;
      const answer = { outputHash: toHex(1, { size: 32 }), traceHash: ZERO_HASH, salt: ZERO_HASH };
      const args = [showing.id, modelId, ZERO_HASH, FREE_CONTEXT, answer, "0x"] as const;
      const { attestationRegistry } = site.client.contracts;
      await site.senderOf(LIAR).send(callOf({ ...attestationRegistry, functionName: "attest", args }));
      const { id } = await site.until(() => newestOf(LIAR, FREE_CONTEXT));
      const refused = async () => {
        throw new RevertError("settle", encodeErrorResult({ abi: quorum.abi, errorName: "CaseClosed", args: [id] }));
      };
      const part: ParticipantMethod = {
        ...{ roles: {}, hasWork: () => false, doneErrors: ["CaseClosed"] },
        createKeeping: () => (attestation) => ({ key: `settle ${attestation.id}`, run: refused }),
      };
      Object.assign(methods, { toy: { ...quorum, id: showing.id, name: "Toy" } });
      Object.assign(participantMethods, { toy: part });
      try {
        const { deployment } = site.client;
        const Toy = { address: showing.address, transactionHash: ZERO_HASH };
        const contracts = { ...deployment.contracts, Toy };
        const client = { ...site.client, deployment: { ...deployment, contracts } };
        const jobsOf = (of: Client) =>
          createKeeper(of, site.senderOf(1))
            .due(site.follower.state)
            .filter(({ key }) => key === `settle ${id}`);

        expect(jobsOf(site.client)).to.deep.equal([]);
        const [job] = jobsOf(client);
        await job?.run();
        expect(job?.key).to.equal(`settle ${id}`);
        Object.assign(part, { doneErrors: [] });
        const [failing] = jobsOf(client);
        expect(await refusal(failing?.run() as Promise<void>)).to.contain("settle was refused: CaseClosed(");
      } finally {
        Reflect.deleteProperty(methods, "toy");
        Reflect.deleteProperty(participantMethods, "toy");
      }
    });
  });
});
