import type { Board } from "../../participant/board.ts";
import { PENDING, REFUTED, VERIFIED } from "../../participant/view.ts";
import { fetchApi } from "../../sdk/api.ts";
import { unitOf } from "../../sdk/contexts.ts";
import type { Audit } from "../../sdk/wire.ts";
import { attestationsOf, claimsOf } from "./progress.ts";

/** Waits until a view makes `isSo` true. */
function untilView(board: Board, signal: AbortSignal, isSo: () => boolean | Promise<boolean>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = board.onView(async () => {
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

/** Waits until a season is over and all its attestations are final, paid or penalised. */
export const untilSettled = (board: Board, seasonId: bigint, signal: AbortSignal): Promise<void> =>
  untilView(board, signal, async () => {
    const { view, client } = board;
    const season = view.seasons.get(seasonId);
    const own = attestationsOf(view, seasonId);
    const claims = claimsOf(view, seasonId);
    if (season === undefined || view.head.timestamp < season.endsAt) return false;
    if (own.some(({ status, inLedger }) => status === PENDING || (status === VERIFIED && !inLedger))) return false;
    if (claims.some(({ status, inLedger }) => status === PENDING || (status === VERIFIED && !inLedger))) return false;
    // A burn of an account without points leaves no entry, but spends the unit.
    const settled = [...own, ...claims.map(({ claim, ...rest }) => ({ ...rest, attestation: claim.attestation }))];
    for (const { status, inLedger, attestation } of settled) {
      const unit = unitOf(attestation.context);
      if (status !== REFUTED || inLedger || unit === undefined) continue;
      const args = [seasonId, unit.taskId, attestation.prover, unit.unit] as const;
      if (!(await client.rpc.readContract({ ...client.contracts.campaign, functionName: "isSpent", args })))
        return false;
    }
    return true;
  });

/** Waits until nothing can be awarded or burned in a season any more. */
export const untilClosed = (board: Board, seasonId: bigint, signal: AbortSignal): Promise<void> =>
  untilView(board, signal, () => {
    const season = board.view.seasons.get(seasonId);
    return season !== undefined && board.view.head.timestamp >= season.closesAt;
  });

/** Waits until the indexer has the season's whole ledger. */
export async function untilIndexed(board: Board, apiUrl: string, seasonId: bigint): Promise<void> {
  for (;;) {
    const { rpc, contracts } = board.client;
    const args = [seasonId] as const;
    const [seq] = await rpc.readContract({ ...contracts.campaign, functionName: "ledgerOf", args });
    const audit = await fetchApi<Audit>(apiUrl, `/v1/audit/${seasonId}`).catch(() => undefined);
    if (audit?.seq === String(seq)) return;
    await board.heads.next();
  }
}
