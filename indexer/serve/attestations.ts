import { z } from "zod";
import { unitOf } from "../../sdk/contexts.ts";
import type { Attestation, AttestationSummary, AttestationUnit, Step } from "../../sdk/wire.ts";
import type { Event, EventNamed, Place } from "../decode/events.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import { placeOf } from "../store/sqlite/read-places.ts";
import { HOT } from "./answers.ts";
import { decodeCursor, encodeCursor, HASH_START, hashStart, SMALL, staleCursor } from "./cursors.ts";
import { account, cursor, hash, noQuery, status } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventsOf, type State } from "./state.ts";
import { methodOf, proofOf, reasonOf, statusNumber, statusOf } from "./words.ts";

const PAGE = 50;
// Two panels of 32 members make about 300 events; nothing adds to a settled attestation but its points.
const MOST_STEPS = 1_000;

/** `/attestations`, `/attestations/:uid`. */
export function attestationRoutes(app: App, state: State): void {
  app.get(
    "/attestations",
    {
      config: HOT,
      schema: {
        summary: "Attestations, newest first",
        description: `At most ${PAGE} attestations a page, of at most 1000 looked at: a page may be short, or empty, and still have a next one.`,
        querystring: z.strictObject({
          prover: account.optional(),
          model: hash.optional(),
          status: status.optional(),
          cursor: cursor.optional(),
        }),
        response: { 200: schemas.attestationsPage, 410: schemas.problem },
      },
    },
    ({ query }) => {
      const below = query.cursor === undefined ? undefined : placeBelow(state, query.cursor);
      const filter = { ...query, status: query.status && statusNumber(query.status) };
      const { rows, last } = state.attestations.list(filter, below, PAGE);
      const uid = last && state.attestations.uidAt(last);
      return {
        asOf: asOf(state),
        items: rows.map(summaryOf),
        next: last && uid ? encodeCursor("attestations", [last.blockNumber, last.logIndex, hashStart(uid)]) : null,
      };
    },
  );

  app.get(
    "/attestations/:uid",
    {
      schema: {
        summary: "An attestation or a batch: how it was settled, what is proven and what is not",
        description: `Reads one attestation and its first ${MOST_STEPS} events.`,
        params: z.object({ uid: hash }),
        querystring: noQuery,
        response: { 200: schemas.attestationAnswer, 404: schemas.problem },
      },
    },
    ({ params }) => {
      const row = state.attestations.attestation(params.uid);
      if (!row) throw new ProblemError(404, `There is no attestation ${params.uid}.`);
      return { asOf: asOf(state), item: attestationOf(state, row) };
    },
  );
}

/** An attestation with its steps and what they prove. */
export function attestationOf(state: State, row: ReadAttestation): Attestation {
  const summary = summaryOf(row);
  const later = eventsOf(state, row.uid, MOST_STEPS).flatMap(({ event, place }): Step[] => {
    const step = event.eventName === "RowRefuted" ? disputeOf(event.args, summary) : stepOf(event);
    return step ? [{ ...step, at: place }] : [];
  });
  const judged = { ...summary, steps: [...firstOf(summary), ...later] };
  return { ...judged, ...proofOf(judged) };
}

/** An attestation as lists show it. */
export function summaryOf(row: ReadAttestation): AttestationSummary {
  const unit = unitOf(row.context);
  return {
    uid: row.uid,
    prover: row.prover,
    modelId: row.modelId,
    method: methodOf(row.method),
    status: statusOf(row.status),
    inputHash: row.inputHash,
    context: row.context,
    unit: unit ? wireUnit(unit) : null,
    counts: row.seasonId !== null,
    count: row.count,
    answer: row.answer,
    root: row.root,
    outputHash: row.outputHash,
    traceHash: row.traceHash,
    salt: row.salt,
    attested: placeOf(row),
    settled: row.settled,
  };
}

const wireUnit = (unit: NonNullable<ReturnType<typeof unitOf>>): AttestationUnit => ({
  campaign: unit.campaign,
  seasonId: String(unit.seasonId),
  taskId: String(unit.taskId),
  unit: String(unit.unit),
});

// A batch's event isn't read for it: that carries all traces.
const firstOf = ({ root, prover, count, attested }: AttestationSummary): Step[] =>
  root === null ? [] : [{ step: "batchAttested", by: prover, count, root, at: attested }];

const disputeOf = (
  { challenger, unit: index, layer, row, claimed, correct }: EventNamed<"RowRefuted">["args"],
  { unit }: AttestationSummary,
): Bare<Step> => ({
  ...{ step: "rowRefuted", by: challenger, index: Number(index), unit: unit && String(BigInt(unit.unit) + index) },
  ...{ layer: Number(layer), row: Number(row), claimed, correct },
});

type Bare<T> = T extends unknown ? Omit<T, "at"> : never;

function stepOf({ eventName, args }: Event): Bare<Step> | undefined {
  switch (eventName) {
    case "Committed":
      return { step: "committed", by: args.prover };
    case "Attested":
      return { step: "revealed", by: args.prover, outputHash: args.outputHash };
    case "DrawScheduled":
      return {
        step: "drawScheduled",
        round: args.round,
        drawBlock: Number(args.drawBlock),
        drawUntil: Number(args.drawUntil),
      };
    case "PanelDrawn":
      return {
        step: "panelDrawn",
        round: args.round,
        members: [...args.members],
        commitUntil: Number(args.commitUntil),
        revealUntil: Number(args.revealUntil),
      };
    case "VoteCommitted":
      return { step: "voteCommitted", round: args.round, by: args.member };
    case "RevealOpened":
      return { step: "revealOpened", round: args.round, revealUntil: Number(args.revealUntil) };
    case "VoteRevealed":
      return { step: "voteRevealed", round: args.round, by: args.member, outputHash: args.outputHash };
    case "RoundUndecided":
      return { step: "roundUndecided", round: args.round, votes: args.votes };
    case "StatusChanged":
      return { step: "settled", status: statusOf(args.status), by: args.by };
    case "Penalised":
      return { step: "penalised", account: args.member, amount: String(args.amount) };
    case "PointsAwarded":
      return { step: "awarded", ...pointsOf(args) };
    case "PointsBurned":
      return { step: "burned", ...pointsOf(args) };
    default:
      return undefined;
  }
}

const pointsOf = (args: { account: `0x${string}`; reason: number; amount: bigint; seq: bigint }) => ({
  account: args.account,
  reason: reasonOf(args.reason),
  amount: String(args.amount),
  seq: String(args.seq),
});

function placeBelow(state: State, text: string): Place {
  const [block, log, start] = decodeCursor("attestations", [SMALL, SMALL, HASH_START], text) as [
    string,
    string,
    string,
  ];
  const place = { blockNumber: Number(block), logIndex: Number(log) };
  if (!state.attestations.uidAt(place)?.startsWith(start)) throw staleCursor();
  return place;
}
