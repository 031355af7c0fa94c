import hre from "hardhat";
import { type Address, bytesToHex, createTestClient, encodeDeployData, getAddress, type Hex, http } from "viem";
import { openSeason } from "../../scripts/season.ts";
import type { BatchState } from "../../sdk/attestations.ts";
import { callOf } from "../../sdk/calls.ts";
import { contractOf } from "../../sdk/client.ts";
import { unitContext } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";
import { readLedger, standingsContract, type Terms } from "../../sdk/seasonEnd.ts";
import type { Site } from "./chain.ts";
import { appendMock } from "./mockMethod.ts";

const DAY = 86_400;
const UNITS = 8;

/** A season of one task of 10 points a unit, in which accounts earned. */
export interface EarnedSeason {
  seasonId: bigint;
  closesAt: number;
  /** Sets the chain's clock to the season's close. */
  close(): Promise<void>;
}

/** A token of which account 0 has plenty. */
export async function deployToken(site: Site): Promise<Address> {
  const { abi, bytecode } = await hre.artifacts.readArtifact("PlainToken");
  const sender = site.senderOf(0);
  const data = encodeDeployData({ abi, bytecode: bytecode as Hex, args: [sender.account.address, 10n ** 30n] });
  const { contractAddress } = await sender.send({ name: "deploy PlainToken", to: undefined, data, value: 0n });
  return getAddress(contractAddress as Address);
}

/** Prizes for places 1 to 4, and a poster's budget; give what differs. */
export const termsOf = (token: Address, terms: Partial<Terms> = {}): Terms => ({
  ...{ token, pool: 921n, posterBudget: 50n, perAccount: 7n, claimPeriod: 30 * DAY },
  prizes: [
    { places: 1, amount: 600n },
    { places: 1, amount: 200n },
    { places: 1, amount: 101n },
    { places: 2, amount: 10n },
  ],
  ...terms,
});

/**
 * Runs a season in which account n, from 1 on, earns `units[n - 1]` units, one account after another; of 0 units it earns one
 * and loses it.
 */
export async function earnSeason(site: Site, units: readonly number[], rewards?: Terms): Promise<EarnedSeason> {
  const method = await appendMock(site, true);
  const { attestationRegistry, campaign } = site.client.contracts;
  const startsAt = Number(site.follower.heads.latest.timestamp) + 20;
  const endsAt = startsAt + 100_000;
  const closesAt = endsAt + 120;
  const inputs = site.digits.inputs.slice(0, 16 * 64);
  const task = { model: site.digits.model, method: method.id, points: 10n, unitsPerAccount: UNITS, noise: 8, inputs };
  const seasonId = await openSeason(site.client, site.senderOf(0), {
    ...{ startsAt, endsAt, closesAt, verifierCap: 0n, uri: "", tasks: [task] },
    ...(rewards && { rewards }),
  });
  const openedIn = site.follower.heads.latest.number;
  await site.until(() => site.follower.state.head.number >= openedIn + 3n);
  await site.senderOf(0).send(callOf({ ...campaign, functionName: "seed", args: [seasonId] }));
  await site.until(() => site.follower.state.head.timestamp >= startsAt);

  /** Records units of account `n` as one batch, has them settled and entered. */
  const enter = async (n: number, first: number, count: number, status: number): Promise<void> => {
    const context = unitContext({ campaign: campaign.address, seasonId, taskId: 1n, unit: BigInt(first) });
    const { modelId, layout } = site.digits.model;
    const args = [method.id, modelId, context, count, bytesToHex(layout), bytesToHex(new Uint8Array(count))] as const;
    const sender = site.senderOf(n);
    await sender.send(callOf({ ...attestationRegistry, functionName: "attestBatch", args }));
    const { id, message } = await site.until(() =>
      [...site.follower.state.attestations.byId.values()].find(
        (found): found is BatchState =>
          found.kind === "batch" &&
          found.message.prover === sender.account.address &&
          found.message.context === context,
      ),
    );
    await method.settle(id, status);
    const isGood = status === Status.verified;
    await sender.send(
      isGood
        ? callOf({ ...campaign, functionName: "awardBatch", args: [message.prover, message] })
        : callOf({ ...campaign, functionName: "burnBatch", args: [message] }),
    );
  };
  for (const [i, count] of units.entries()) {
    await enter(i + 1, 0, count || 1, Status.verified);
    if (count === 0) await enter(i + 1, 1, 1, Status.refuted);
  }
  return { seasonId, closesAt, close: () => setClock(site, closesAt) };
}

/** Sets the chain's clock ahead, and waits until the follower shows it. */
export async function setClock(site: Site, timestamp: number): Promise<void> {
  const clock = createTestClient({ mode: "hardhat", transport: http(site.rpcUrl) });
  const seconds = Math.max(0, timestamp - Number(site.follower.heads.latest.timestamp));
  await clock.increaseTime({ seconds });
  await site.until(() => site.follower.state.head.timestamp >= timestamp);
}

/** Freezes a season as account `n`. */
export const freeze = (site: Site, n: number, seasonId: bigint) =>
  site
    .senderOf(n)
    .send(callOf({ ...contractOf(site.client, standingsContract), functionName: "freeze", args: [seasonId] }));

/** Posts accounts from a place on, as account `n`. */
export const post = (site: Site, n: number, seasonId: bigint, first: number, accounts: readonly Address[]) =>
  site.senderOf(n).send(
    callOf({
      ...contractOf(site.client, standingsContract),
      functionName: "post",
      args: [seasonId, first, accounts],
    }),
  );

/** Freezes a season and posts its order in chunks of `size`, all as account `n`. */
export async function finalise(site: Site, n: number, seasonId: bigint, size: number): Promise<void> {
  await freeze(site, n, seasonId);
  const { standings } = await readLedger(site.client, seasonId, await site.client.rpc.getBlockNumber());
  for (let first = 1; first <= standings.length; first += size) {
    const accounts = standings.slice(first - 1, first - 1 + size).map(({ account }) => account);
    await post(site, n, seasonId, first, accounts);
  }
}
