import type { Address } from "viem";
import { z } from "zod";
import { Reason } from "../../sdk/protocol.ts";
import type { Profile } from "../../sdk/wire.ts";
import { HOT } from "./answers.ts";
import { accounts, seasonId } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type State } from "./state.ts";
import { reasonOf } from "./words.ts";

/** `/seasons/:id/profiles`. */
export function profileRoute(app: App, state: State): void {
  app.get(
    "/seasons/:seasonId/profiles",
    {
      config: HOT,
      schema: {
        summary: "Why accounts have their points, and where they stood at the end of each epoch",
        description: "At most 100 accounts, and 100 epochs of each.",
        params: z.object({ seasonId }),
        querystring: z.strictObject({ account: accounts }),
        response: { 200: schemas.profilesAnswer, 404: schemas.problem },
      },
    },
    ({ params, query }) => {
      const season = requireSeason(state, params.seasonId);
      const id = Number(params.seasonId);
      return {
        asOf: asOf(state, season),
        epochs: state.history.epochs(id),
        items: query.account.map((account) => profileOf(state, id, account)),
      };
    },
  );
}

const profileOf = (state: State, season: number, account: Address): Profile => ({
  account,
  reasons: reasonsOf(state, season, account),
  history: state.history.standingsAt(season, account),
});

function reasonsOf(state: State, season: number, account: Address): Profile["reasons"] {
  const row = state.accounts.reasons(season, account);
  if (!row) return [];
  const points: [number, string][] = [
    [Reason.prover, row.by_prover],
    [Reason.verifier, row.by_verifier],
    [Reason.penalty, row.by_penalty],
  ];
  return points.filter(([, sum]) => sum !== "0").map(([id, sum]) => ({ reason: reasonOf(id), points: sum }));
}
