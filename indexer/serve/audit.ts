import { z } from "zod";
import { RpcError } from "../ingest/errors.ts";
import { readLedger } from "../ingest/ledgers.ts";
import { noQuery, seasonId } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, campaignOf, requireSeason, type State } from "./state.ts";

/** The node answers whoever follows the chain, too. */
const MOST_ASKED = 8;

/** `/audit/:seasonId`. */
export function auditRoute(app: App, state: State): void {
  let asking = 0;

  app.get(
    "/audit/:seasonId",
    {
      config: { cost: 20, elsewhere: true },
      schema: {
        operationId: "getAudit",
        summary: "Compares the ledger folded from events with the contract's, at the same block",
        description: `Reads one season, and makes one request to a node; at most ${MOST_ASKED} at once.`,
        params: z.object({ seasonId }),
        querystring: noQuery,
        response: { 200: schemas.audit, 404: schemas.problem, 503: schemas.problem },
      },
    },
    async ({ params }) => {
      if (asking === MOST_ASKED)
        throw new ProblemError(503, `${MOST_ASKED} audits ask a node already: try again later.`);
      const { season, at } = await state.read(async (snapshot) => {
        const season = await requireSeason(snapshot, params.seasonId);
        return { season, at: asOf(snapshot, season) };
      });
      asking++;
      const onChain = await readLedger(state.rpc, campaignOf(state), BigInt(params.seasonId), at.blockHash)
        .catch((error: unknown) => {
          throw error instanceof RpcError
            ? new ProblemError(503, `No node says what the ledger is at block ${at.blockNumber}.`)
            : error;
        })
        .finally(() => asking--);
      return {
        asOf: at,
        seq: String(season.seq),
        chainSeq: String(onChain.seq),
        chainLedgerHash: onChain.ledgerHash,
        localLedgerHash: season.ledgerHash,
        match: season.seq === onChain.seq && season.ledgerHash === onChain.ledgerHash,
      };
    },
  );
}
