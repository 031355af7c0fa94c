import type { ChainFollower } from "../../participant/follow.ts";
import { fetchApi } from "../../sdk/api.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { Status } from "../../sdk/protocol.ts";
import type { Audit } from "../../sdk/wire.ts";
import { attestationsOf } from "./progress.ts";

/** Waits until a state of the chain makes `isSo` true. */
export function untilState(
  follower: ChainFollower,
  signal: AbortSignal,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = follower.onState(async () => {
      try {
        if (!(await isSo())) return;
        stop();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}

/**
 * Waits until a season is over and all its attestations are final, paid or penalised; at most until it closes. What was
 * attested too early or too late is never paid.
 */
export const untilSettled = (follower: ChainFollower, seasonId: bigint, signal: AbortSignal): Promise<void> =>
  untilState(follower, signal, async () => {
    const { state, client } = follower;
    const season = state.seasons.get(seasonId);
    if (season === undefined || state.head.timestamp < season.endsAt) return false;
    if (state.head.timestamp >= season.closesAt) return true;
    for (const { id, status, inLedger, message } of attestationsOf(state, seasonId)) {
      if (status === Status.pending) return false;
      const unit = unitOf(message.context);
      if (inLedger || status === Status.void || unit === undefined) continue;
      const { attestationRegistry, campaign } = client.contracts;
      const record = { ...attestationRegistry, functionName: "recordOf", args: [id] } as const;
      const { attestedAt } = await client.rpc.readContract(record);
      if (attestedAt < season.startsAt || attestedAt >= season.endsAt) continue;
      if (status === Status.verified) return false;
      // A burn of an account without points leaves no entry, but spends the unit.
      const args = [seasonId, unit.taskId, message.prover, unit.unit] as const;
      if (!(await client.rpc.readContract({ ...campaign, functionName: "isSpent", args }))) return false;
    }
    return true;
  });

/** Waits until nothing can be awarded or burned in a season any more. */
export const untilClosed = (follower: ChainFollower, seasonId: bigint, signal: AbortSignal): Promise<void> =>
  untilState(follower, signal, () => {
    const season = follower.state.seasons.get(seasonId);
    return season !== undefined && follower.state.head.timestamp >= season.closesAt;
  });

/** Waits until the indexer has the season's whole ledger. */
export async function untilIndexed(follower: ChainFollower, apiUrl: string, seasonId: bigint): Promise<void> {
  for (;;) {
    const { rpc, contracts } = follower.client;
    const args = [seasonId] as const;
    const [seq] = await rpc.readContract({ ...contracts.campaign, functionName: "ledgerOf", args });
    const audit = await fetchApi<Audit>(apiUrl, `/v1/audit/${seasonId}`).catch(() => undefined);
    if (audit?.seq === String(seq)) return;
    await follower.heads.next();
  }
}
