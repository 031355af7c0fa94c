import { z } from "zod";
import { ZERO_HASH } from "../../sdk/commitments.ts";
import { PENALTY_FACTOR, Reason, VERIFIER_PERCENT } from "../../sdk/protocol.ts";
import type { Attestation, Receipt } from "../../sdk/wire.ts";
import { locationOf } from "../store/event-columns.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import type { EntryPosition, ReadLedgerEntry } from "../store/sqlite/read-ledger.ts";
import { attestationOf } from "./attestations.ts";
import { DECIMAL, decodeCursor, encodeCursor, HASH_START, hashStart, SMALL, staleCursor } from "./cursors.ts";
import { reasonOf, statusNumber } from "./labels.ts";
import { account, cursor, noQuery, seasonId, status } from "./parameters.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, requireSeason, type Snapshot, type State } from "./state.ts";

const PAGE = 25;
const MOST_SEASONS = 100;

/** `/accounts/:account`, `/accounts/:account/receipts`. */
export function accountRoutes(app: App, state: State, { receiptsPage }: schemas.AttestationAnswers): void {
  app.get(
    "/accounts/:account",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "getAccount",
        summary: "What an account did, season by season",
        description: `The newest ${MOST_SEASONS} seasons of the account, with its rank in each.`,
        params: z.object({ account }),
        querystring: noQuery,
        response: { 200: schemas.accountAnswer },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const entries = await snapshot.accounts.entries(params.account, MOST_SEASONS);
        const seasons = entries.map(async ({ seasonId, verified, pending, refuted, caught }) => {
          const standing = await snapshot.standings(seasonId).standingOf(params.account);
          return {
            seasonId: String(seasonId),
            rank: standing?.rank ?? null,
            points: standing?.points ?? null,
            ...{ verified, pending, refuted, caught },
          };
        });
        const name = (await snapshot.profiles.nameOf(params.account)) ?? null;
        return { asOf: asOf(snapshot), account: params.account, name, seasons: await Promise.all(seasons) };
      }),
  );

  app.get(
    "/accounts/:account/receipts",
    {
      config: { hot: true, cost: 40 },
      schema: {
        operationId: "listReceipts",
        summary: "Why this score: every point change with its attestation and transactions, newest first",
        description: `At most ${PAGE} receipts a page, from at most 1000 entries: a page may be short or empty and still have a next one.`,
        params: z.object({ account }),
        querystring: z.strictObject({
          season: seasonId.optional(),
          status: status.optional().describe("Status of the attestation that the points are for."),
          cursor: cursor.optional(),
        }),
        response: {
          200: receiptsPage,
          404: schemas.problem,
          410: schemas.problem,
        },
      },
    },
    ({ params, query }) =>
      state.read(async (snapshot) => {
        const season = query.season === undefined ? undefined : await requireSeason(snapshot, query.season);
        const below = query.cursor === undefined ? undefined : await positionBelow(snapshot, query.cursor);
        const filter = {
          seasonId: query.season === undefined ? undefined : Number(query.season),
          status: query.status && statusNumber(query.status),
        };
        const { rows, last } = await snapshot.ledger.entriesOf(params.account, filter, below, PAGE);
        return {
          asOf: asOf(snapshot, season),
          items: await Promise.all(rows.map((row) => receiptOf(snapshot, row))),
          next: last ? encodeCursor("receipts", snapshot, [last.seasonId, last.seq, hashStart(last.ledgerHash)]) : null,
        };
      }),
  );
}

/** A point change with all that is needed to check it. */
export async function receiptOf(snapshot: Snapshot, row: ReadLedgerEntry): Promise<Receipt> {
  const found = (await snapshot.attestations.attestation(row.subject)) as ReadAttestation;
  const attestation = await attestationOf(snapshot, found);
  return {
    seasonId: String(row.seasonId),
    seq: String(row.seq),
    account: row.account,
    name: row.name,
    reason: reasonOf(row.reason),
    delta: String(row.delta),
    points: String(row.points),
    subject: row.subject,
    rule: await ruleOf(snapshot, row, attestation),
    previousLedgerHash: row.previousHash ?? ZERO_HASH,
    ledgerHash: row.ledgerHash,
    at: locationOf(row),
    attestation,
  };
}

async function ruleOf(
  snapshot: Snapshot,
  row: ReadLedgerEntry,
  { unit, prover, status, count, root }: Attestation,
): Promise<string> {
  const tasks = await snapshot.tasks(row.seasonId);
  const task = tasks.find(({ taskId }) => String(taskId) === unit?.taskId);
  const points = task?.points ?? 0n;
  const cap = (await snapshot.season(String(row.seasonId)))?.verifierCap ?? "0";
  switch (row.reason) {
    case Reason.prover:
      return root === null
        ? `Task ${unit?.taskId} gives the prover ${points} points for a verified unit.`
        : `Task ${unit?.taskId} gives the prover ${points} points for each verified unit: ${points * BigInt(count)} for the batch's ${count}.`;
    case Reason.verifier:
      return `The verifiers whom the method names share ${VERIFIER_PERCENT}% of the unit's ${points} points equally, rounded down, each up to ${cap} points as verifier in the season.`;
    case Reason.penalty:
      return status === "refuted" && prover === row.account
        ? `A refuted ${root === null ? "attestation" : `batch of ${count} units`} costs ${PENALTY_FACTOR} times its points, ${PENALTY_FACTOR * points * BigInt(count)}: the account's points are burned up to that, and the rest is owed.`
        : "Points that the account owed from an earlier penalty, taken from the award just before.";
    default:
      return "A reason that this indexer does not know.";
  }
}

async function positionBelow({ seasons }: Snapshot, text: string): Promise<EntryPosition> {
  const [season, seq, start] = decodeCursor("receipts", [SMALL, DECIMAL, HASH_START], text) as [string, string, string];
  if (!(await seasons.hadLedger(Number(season), BigInt(seq), start))) throw staleCursor();
  return { seasonId: Number(season), seq: BigInt(seq) };
}
