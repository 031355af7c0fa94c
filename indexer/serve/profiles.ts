import type { FastifyRequest } from "fastify";
import type { Address } from "viem";
import { z } from "zod";
import { Reason } from "../../sdk/protocol.ts";
import type { Profile } from "../../sdk/wire.ts";
import { reasonOf } from "./labels.ts";
import { accounts, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

/** Each account has up to 100 epochs. */
const costOf = ({ query }: FastifyRequest): number => 3 + (query as { account: unknown[] }).account.length;

/** `/seasons/:id/profiles`. */
export function profileRoute(app: App, state: State): void {
  app.get(
    "/seasons/:seasonId/profiles",
    {
      config: { hot: true, cost: costOf },
      schema: {
        operationId: "listProfiles",
        summary: "Points of accounts by reason, and their ranks at the end of each epoch",
        description: "At most 100 accounts, and 100 epochs of each.",
        params: z.object({ seasonId }),
        querystring: z.strictObject({ account: accounts }),
        response: { 200: schemas.profilesAnswer, 404: schemas.problem },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        const id = Number(params.seasonId);
        return {
          asOf: asOf(snapshot, season),
          epochs: await snapshot.history.epochs(id),
          items: await Promise.all(query.account.map((account) => profileOf(snapshot, id, account))),
        };
      }),
  );
}

const profileOf = async (snapshot: Snapshot, season: number, account: Address): Promise<Profile> => ({
  account,
  reasons: await reasonsOf(snapshot, season, account),
  history: await snapshot.history.standingsAt(season, account),
});

async function reasonsOf({ accounts }: Snapshot, season: number, account: Address): Promise<Profile["reasons"]> {
  const row = await accounts.entry(season, account);
  if (!row) return [];
  const points: [number, bigint][] = [
    [Reason.prover, row.byProver],
    [Reason.verifier, row.byVerifier],
    [Reason.penalty, row.byPenalty],
  ];
  return points.filter(([, sum]) => sum !== 0n).map(([id, sum]) => ({ reason: reasonOf(id), points: String(sum) }));
}
