import { z } from "zod";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { PENALTY_FACTOR, Reason, VERIFIER_PERCENT } from "../../sdk/protocol.ts";
import type { Attestation, Receipt } from "../../sdk/wire.ts";
import type { AttestationRow } from "../store/read-attestations.ts";
import type { EntryPosition, LedgerRow } from "../store/read-ledger.ts";
import { placeOf } from "../store/read-places.ts";
import { attestationOf } from "./attestations.ts";
import { DECIMAL, decodeCursor, encodeCursor, HASH_START, hashStart, SMALL, staleCursor } from "./cursors.ts";
import { account, cursor, noQuery, seasonId, status } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type State } from "./state.ts";
import { reasonOf, statusNumber } from "./words.ts";

const PAGE = 25;
const MOST_SEASONS = 100;

/** `/accounts/:account`, `/accounts/:account/receipts`. */
export function accountRoutes(app: App, state: State, { receiptsPage }: schemas.AttestationAnswers): void {
  app.get(
    "/accounts/:account",
    {
      schema: {
        summary: "What an account did, season by season",
        description: `The newest ${MOST_SEASONS} seasons of the account, one look-up of its rank each.`,
        params: z.object({ account }),
        querystring: noQuery,
        response: { 200: schemas.accountAnswer },
      },
    },
    ({ params }) => ({
      asOf: asOf(state),
      account: params.account,
      seasons: state.seasons.seasonsOf(params.account, MOST_SEASONS).map(({ season_id, ...tally }) => {
        const standing = state.ranking.of(season_id).standingOf(params.account);
        return {
          seasonId: String(season_id),
          rank: standing?.rank ?? null,
          points: standing?.points ?? null,
          ...tally,
        };
      }),
    }),
  );

  app.get(
    "/accounts/:account/receipts",
    {
      schema: {
        summary: "Why this score: every point change with its attestation and transactions, newest first",
        description: `At most ${PAGE} receipts a page, of at most 1000 entries looked at: a page may be short, or empty, and still have a next one.`,
        params: z.object({ account }),
        querystring: z.strictObject({
          season: seasonId.optional(),
          status: status.optional().describe("How the attestation stands that the points are for."),
          cursor: cursor.optional(),
        }),
        response: {
          200: receiptsPage,
          404: schemas.problem,
          410: schemas.problem,
        },
      },
    },
    ({ params, query }) => {
      const season = query.season === undefined ? undefined : requireSeason(state, query.season);
      const below = query.cursor === undefined ? undefined : positionBelow(state, query.cursor);
      const filter = {
        seasonId: query.season === undefined ? undefined : Number(query.season),
        status: query.status && statusNumber(query.status),
      };
      const { rows, last } = state.ledger.entriesOf(params.account, filter, below, PAGE);
      return {
        asOf: asOf(state, season),
        items: rows.map((row) => receiptOf(state, row)),
        next: last ? encodeCursor("receipts", [last.seasonId, last.seq, hashStart(last.ledgerHash)]) : null,
      };
    },
  );
}

/** A point change with all that is needed to check it. */
export function receiptOf(state: State, row: LedgerRow): Receipt {
  const attestation = attestationOf(state, state.attestations.attestation(row.subject) as AttestationRow);
  return {
    seasonId: String(row.season_id),
    seq: row.seq,
    account: row.account,
    reason: reasonOf(row.reason),
    delta: row.delta,
    points: row.points,
    subject: row.subject,
    rule: ruleOf(state, row, attestation),
    previousLedgerHash: row.previous_hash ?? ZERO_HASH,
    ledgerHash: row.ledger_hash,
    at: placeOf(row),
    attestation,
  };
}

function ruleOf(state: State, row: LedgerRow, { unit, prover, status, count, root }: Attestation): string {
  const seasonId = String(row.season_id);
  const task = state.seasons.tasks(seasonId).find(({ task_id }) => task_id === unit?.taskId);
  const points = task?.points ?? "0";
  const cap = state.seasons.season(row.season_id)?.verifier_cap ?? "0";
  switch (row.reason) {
    case Reason.prover:
      return root === null
        ? `Task ${unit?.taskId} gives the prover ${points} points for a verified unit.`
        : `Task ${unit?.taskId} gives the prover ${points} points for each verified unit: ${BigInt(points) * BigInt(count)} for the batch's ${count}.`;
    case Reason.verifier:
      return `The panel members in the majority share ${VERIFIER_PERCENT}% of the unit's ${points} points evenly, rounded down, each up to ${cap} points as verifier in the season.`;
    case Reason.penalty:
      return status === "refuted" && prover === row.account
        ? `A refuted ${root === null ? "attestation" : `batch of ${count} units`} costs ${PENALTY_FACTOR} times its points, ${PENALTY_FACTOR * BigInt(points) * BigInt(count)}: burned is what the account has, and the rest is owed.`
        : "Points that the account owed from an earlier penalty, taken from the award just before.";
    default:
      return "A reason that this indexer does not know.";
  }
}

function positionBelow(state: State, text: string): EntryPosition {
  const [season, seq, start] = decodeCursor("receipts", [SMALL, DECIMAL, HASH_START], text) as [string, string, string];
  if (!state.seasons.hadLedger(Number(season), BigInt(seq), start)) throw staleCursor();
  return { seasonId: Number(season), seq: BigInt(seq) };
}
