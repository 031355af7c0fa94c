import { z } from "zod";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { PENALTY_FACTOR, Reason, VERIFIER_PERCENT } from "../../sdk/protocol.ts";
import type { Attestation, Receipt } from "../../sdk/wire.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import type { EntryPosition, ReadLedgerEntry } from "../store/sqlite/read-ledger.ts";
import { placeOf } from "../store/sqlite/read-places.ts";
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
      seasons: state.accounts.entries(params.account, MOST_SEASONS).map((entry) => {
        const standing = state.ranking.of(entry.seasonId).standingOf(params.account);
        const { verified, pending, refuted, caught } = entry;
        return {
          seasonId: String(entry.seasonId),
          rank: standing?.rank ?? null,
          points: standing?.points ?? null,
          ...{ verified, pending, refuted, caught },
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
export function receiptOf(state: State, row: ReadLedgerEntry): Receipt {
  const attestation = attestationOf(state, state.attestations.attestation(row.subject) as ReadAttestation);
  return {
    seasonId: String(row.seasonId),
    seq: String(row.seq),
    account: row.account,
    reason: reasonOf(row.reason),
    delta: String(row.delta),
    points: String(row.points),
    subject: row.subject,
    rule: ruleOf(state, row, attestation),
    previousLedgerHash: row.previousHash ?? ZERO_HASH,
    ledgerHash: row.ledgerHash,
    at: placeOf(row),
    attestation,
  };
}

function ruleOf(state: State, row: ReadLedgerEntry, { unit, prover, status, count, root }: Attestation): string {
  const task = state.seasons.tasks(row.seasonId).find(({ taskId }) => String(taskId) === unit?.taskId);
  const points = task?.points ?? 0n;
  const cap = state.seasons.season(row.seasonId)?.verifierCap ?? "0";
  switch (row.reason) {
    case Reason.prover:
      return root === null
        ? `Task ${unit?.taskId} gives the prover ${points} points for a verified unit.`
        : `Task ${unit?.taskId} gives the prover ${points} points for each verified unit: ${points * BigInt(count)} for the batch's ${count}.`;
    case Reason.verifier:
      return `The panel members in the majority share ${VERIFIER_PERCENT}% of the unit's ${points} points evenly, rounded down, each up to ${cap} points as verifier in the season.`;
    case Reason.penalty:
      return status === "refuted" && prover === row.account
        ? `A refuted ${root === null ? "attestation" : `batch of ${count} units`} costs ${PENALTY_FACTOR} times its points, ${PENALTY_FACTOR * points * BigInt(count)}: burned is what the account has, and the rest is owed.`
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
