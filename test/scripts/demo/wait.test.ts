import { expect } from "chai";
import { toHex } from "viem";
import { runJobs } from "../../../participant/jobs.ts";
import { createKeeper } from "../../../participant/keeper.ts";
import { untilSettled } from "../../../scripts/demo/wait.ts";
import { openSeason } from "../../../scripts/season.ts";
import { callOf } from "../../../sdk/calls.ts";
import { ZERO_HASH } from "../../../sdk/commitments.ts";
import { unitContext } from "../../../sdk/contexts.ts";
import { Status } from "../../../sdk/protocol.ts";
import { type Site, startSite } from "../../participant/chain.ts";
import { appendMock, type MockMethod } from "../../participant/mockMethod.ts";

describe("waiting for a season", () => {
  let site: Site;
  let method: MockMethod;
  before(async () => {
    site = await startSite(6);
    method = await appendMock(site, true);
    runJobs(site.follower, [createKeeper(site.client, site.senderOf(1))], site).catch((error: Error) =>
      site.report(`Fatal: ${error.message}`),
    );
  });
  after(() => site.close());

  async function openShort(): Promise<{ seasonId: bigint; endsAt: bigint; closesAt: bigint }> {
    const startsAt = Number(site.follower.heads.latest.timestamp) + 20;
    const [endsAt, closesAt] = [startsAt + 30, startsAt + 150];
    const task = { model: site.digits.model, method: method.id, points: 10n, unitsPerAccount: 4, noise: 8 };
    const seasonId = await openSeason(site.client, site.senderOf(0), {
      ...{ startsAt, endsAt, closesAt, verifierCap: 0n, uri: "" },
      tasks: [{ ...task, inputs: site.digits.inputs.slice(0, 16 * 64) }],
    });
    return { seasonId, endsAt: BigInt(endsAt), closesAt: BigInt(closesAt) };
  }

  async function attest(n: number, seasonId: bigint) {
    const { attestationRegistry, campaign } = site.client.contracts;
    const context = unitContext({ campaign: campaign.address, seasonId, taskId: 1n, unit: 0n });
    const answer = { outputHash: toHex(1, { size: 32 }), traceHash: ZERO_HASH, salt: ZERO_HASH };
    const args = [method.id, site.digits.model.modelId, ZERO_HASH, context, answer, "0x"] as const;
    const { address } = site.senderOf(n).account;
    await site.senderOf(n).send(callOf({ ...attestationRegistry, functionName: "attest", args }));
    return site.until(() =>
      [...site.follower.state.attestations.byId.values()].find(
        ({ message }) => message.prover === address && message.context === context,
      ),
    );
  }

  const now = () => site.follower.state.head.timestamp;
  const isRunning = (seasonId: bigint) => () => {
    const season = site.follower.state.seasons.get(seasonId);
    return season?.seed !== undefined && now() >= season.startsAt;
  };

  it("waits for what is pending, and for an award", async () => {
    const { seasonId, endsAt, closesAt } = await openShort();
    await site.until(isRunning(seasonId));
    const { id } = await attest(2, seasonId);
    let isSettled = false;
    const settled = untilSettled(site.follower, seasonId, site.signal).then(() => {
      isSettled = true;
    });
    await site.until(() => now() >= endsAt + 10n);
    expect(isSettled).to.equal(false);
    await method.settle(id, Status.verified);
    await settled;
    expect(site.follower.state.attestations.byId.get(id)?.inLedger).to.equal(true);
    expect(now() < closesAt).to.equal(true);
  });

  it("doesn't wait for an award that the campaign refuses: of what was attested too late", async () => {
    const { seasonId, endsAt, closesAt } = await openShort();
    await site.until(() => now() >= endsAt);
    const { id } = await attest(3, seasonId);
    await method.settle(id, Status.verified);
    await untilSettled(site.follower, seasonId, site.signal);
    expect(now() < closesAt).to.equal(true);
    expect(site.follower.state.attestations.byId.get(id)?.inLedger).to.equal(false);
  });

  it("doesn't wait for what isn't settled when the season closes", async () => {
    const { seasonId, closesAt } = await openShort();
    await site.until(isRunning(seasonId));
    await attest(4, seasonId);
    await untilSettled(site.follower, seasonId, site.signal);
    expect(now() >= closesAt).to.equal(true);
  });
});
