import { z } from "zod";
import { assuranceOf } from "../../sdk/assurance.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { methodById, methods } from "../../sdk/methods/index.ts";
import type { AnyMethod, MethodStep } from "../../sdk/methods/method.ts";
import { Reason } from "../../sdk/protocol.ts";
import type { Attestation, AttestationSummary, AttestationUnit, Step } from "../../sdk/wire.ts";
import { checksumOf } from "../decode/checksum.ts";
import type { Event, EventNamed, Place } from "../decode/events.ts";
import { eventsOf } from "../store/events.ts";
import type { AttestationRow } from "../store/read-attestations.ts";
import { placeOf } from "../store/read-places.ts";
import { HOT } from "./answers.ts";
import { decodeCursor, encodeCursor, HASH_START, hashStart, SMALL, staleCursor } from "./cursors.ts";
import { account, cursor, hash, noQuery, status } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, type State } from "./state.ts";
import { methodOf, reasonOf, statusNumber, statusOf } from "./words.ts";

const PAGE = 50;
// Two panels of 32 members make about 300 events; nothing adds to a settled attestation but its points.
const MOST_STEPS = 1_000;

/** `/attestations`, `/attestations/:uid`. */
export function attestationRoutes(app: App, state: State, { attestationAnswer }: schemas.AttestationAnswers): void {
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
        response: { 200: attestationAnswer, 404: schemas.problem },
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
export function attestationOf(state: State, row: AttestationRow): Attestation {
  const summary = summaryOf(row);
  const method = methodById(row.method);
  const detail = method?.begin();
  const firstUnit = unitOf(row.context)?.unit;
  // Another method's contract may say what it likes of this attestation.
  const ofMethod = (event: MethodEvent): MethodStep | undefined => {
    if (!method || methodNamed(event.method) !== method) return undefined;
    method.fold(detail as never, event as never);
    return method.stepOf(event as never, firstUnit);
  };
  const steps = firstOf(summary);
  for (const { event, place } of eventsOf(state.db, state.decoder, row.uid, MOST_STEPS)) {
    const step = event.method === undefined ? stepOf(event, row.method) : ofMethod(event);
    if (step) steps.push({ ...(step as Bare<Step>), at: placeOf(place) });
  }
  const judged = {
    ...{ status: row.status, isBatch: row.root !== null, count: row.count, firstUnit, outputHash: row.output_hash },
    isPaid: steps.some((step) => step.step === "awarded" && step.reason.id === Reason.prover),
  };
  return { ...summary, steps, ...assuranceOf(row.method, judged, detail) };
}

type MethodEvent = Exclude<Event, { method: undefined }>;

const methodNamed = (name: string): AnyMethod | undefined => (methods as Record<string, AnyMethod>)[name];

/** An attestation as lists show it. */
export function summaryOf(row: AttestationRow): AttestationSummary {
  const unit = unitOf(row.context);
  return {
    uid: row.uid,
    prover: row.prover,
    modelId: row.model_id,
    method: methodOf(row.method),
    status: statusOf(row.status),
    inputHash: row.input_hash,
    context: row.context,
    unit: unit ? wireUnit(unit) : null,
    counts: row.season_id !== null,
    count: row.count,
    answer: row.answer,
    root: row.root,
    outputHash: row.output_hash,
    traceHash: row.trace_hash,
    salt: row.salt,
    attested: placeOf(row),
    settled: settledOf(row),
  };
}

const wireUnit = (unit: NonNullable<ReturnType<typeof unitOf>>): AttestationUnit => ({
  campaign: unit.campaign,
  seasonId: String(unit.seasonId),
  taskId: String(unit.taskId),
  unit: String(unit.unit),
});

function settledOf(row: AttestationRow): AttestationSummary["settled"] {
  const { settled_block, settled_log, settled_timestamp, settled_transaction } = row;
  if (settled_block === null || settled_log === null || settled_timestamp === null || settled_transaction === null)
    return null;
  return placeOf({
    block_number: settled_block,
    log_index: settled_log,
    timestamp: settled_timestamp,
    transaction_hash: settled_transaction,
  });
}

// A batch's event isn't read for it: that carries all traces.
const firstOf = ({ root, prover, count, attested }: AttestationSummary): Step[] =>
  root === null ? [] : [{ step: "batchAttested", by: prover, count, root, at: attested }];

type Bare<T> = T extends unknown ? Omit<T, "at"> : never;

/** What an event of no known method tells; `method` is the attestation's, whose contract alone is listened to. */
function stepOf({ eventName, args }: Event & { method: undefined }, method: number): Bare<Step> | undefined {
  switch (eventName) {
    case "Committed":
      return { step: "committed", by: args.prover };
    case "Attested":
      return { step: "revealed", by: args.prover, outputHash: args.outputHash };
    case "StatusChanged":
      return { step: "settled", status: statusOf(args.status), by: args.by };
    case "PointsAwarded":
      return { step: "awarded", ...pointsOf(args) };
    case "PointsBurned":
      return { step: "burned", ...pointsOf(args) };
    case "unknown":
      return args.numbers.includes(method) ? rawOf(args) : undefined;
    default:
      return undefined;
  }
}

const rawOf = ({ contract, topics, data }: EventNamed<"unknown">["args"]): Bare<Step> => ({
  ...{ step: "event", contract: checksumOf(contract), topics: [...topics], data: `0x${data.toString("hex")}` },
});

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
