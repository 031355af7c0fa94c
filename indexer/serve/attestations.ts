import { z } from "zod";
import { assuranceOf } from "../../sdk/assurance.ts";
import { unitOf } from "../../sdk/contexts.ts";
import { methodById, methods } from "../../sdk/methods/index.ts";
import type { AnyMethod, MethodStep } from "../../sdk/methods/method.ts";
import { Reason } from "../../sdk/protocol.ts";
import type { Attestation, AttestationSummary, AttestationUnit, Step } from "../../sdk/wire.ts";
import { checksumOf } from "../decode/abi-words.ts";
import type { Event, EventNamed } from "../decode/events.ts";
import { locationOf } from "../store/event-columns.ts";
import type { ReadAttestation } from "../store/sqlite/read-attestations.ts";
import { locatedCursor, locationOfCursor } from "./cursors.ts";
import { methodOf, reasonOf, statusNumber, statusOf } from "./labels.ts";
import { account, cursor, hash, noQuery, status } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import { coverOf, requestSummaryOf, unlessZero } from "./requests.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventsOf, type Snapshot, type State } from "./state.ts";

const PAGE = 50;
// Two panels of 32 members make about 300 events; nothing adds to a settled attestation but its points.
const MOST_STEPS = 1_000;
const MOST_COVERS = 100;

/** `/attestations`, `/attestations/:uid`. */
export function attestationRoutes(app: App, state: State, { attestationAnswer }: schemas.AttestationAnswers): void {
  app.get(
    "/attestations",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listAttestations",
        summary: "Attestations, newest first",
        description: `At most ${PAGE} attestations a page, chosen from at most 1000: a page may be short or empty and still have a next one.`,
        querystring: z.strictObject({
          prover: account.optional(),
          model: hash.optional(),
          status: status.optional(),
          cursor: cursor.optional(),
        }),
        response: { 200: schemas.attestationsPage, 410: schemas.problem },
      },
    },
    ({ query }) =>
      state.read(async (snapshot) => {
        const below = await locationOfCursor("attestations", query.cursor, snapshot.attestations.uidAt);
        const filter = { ...query, status: query.status && statusNumber(query.status) };
        const { rows, last } = await snapshot.attestations.list(filter, below, PAGE);
        const uid = last && (await snapshot.attestations.uidAt(last));
        return {
          asOf: asOf(snapshot),
          items: rows.map(summaryOf),
          next: last && uid ? locatedCursor("attestations", snapshot, last, uid) : null,
        };
      }),
  );

  app.get(
    "/attestations/:uid",
    {
      config: { hot: true, cost: 5 },
      schema: {
        operationId: "getAttestation",
        summary: "An attestation or a batch: how it was settled, what is proven and what is not",
        description: `Reads one attestation and its first ${MOST_STEPS} events, and its first ${MOST_COVERS} covers.`,
        params: z.object({ uid: hash }),
        querystring: noQuery,
        response: { 200: attestationAnswer, 404: schemas.problem },
      },
    },
    ({ params }) =>
      state.read(async (snapshot) => {
        const row = await snapshot.attestations.attestation(params.uid);
        if (!row) throw new ProblemError(404, `There is no attestation ${params.uid}.`);
        const { requests } = snapshot;
        const requestId = await requests.requestOf(params.uid);
        const asked = requestId && (await requests.request(requestId));
        return {
          asOf: asOf(snapshot),
          item: await attestationOf(snapshot, row),
          request: asked ? requestSummaryOf(asked) : null,
          covers: (await requests.covers(params.uid, MOST_COVERS)).map(coverOf),
        };
      }),
  );
}

/** An attestation with its steps and what they prove. */
export async function attestationOf(snapshot: Snapshot, row: ReadAttestation): Promise<Attestation> {
  const summary = summaryOf(row);
  const method = methodById(row.method);
  const detail = method?.begin();
  const firstUnit = unitOf(row.context)?.unit;
  // Events of other methods' contracts about this attestation count for nothing.
  const ofMethod = (event: MethodEvent): MethodStep | undefined => {
    if (!method || methodNamed(event.method) !== method) return undefined;
    method.fold(detail as never, event as never);
    return method.stepOf(event as never, firstUnit);
  };
  const steps = firstOf(summary);
  for (const { event, location } of await eventsOf(snapshot, row.uid, MOST_STEPS)) {
    const step = event.method === undefined ? stepOf(event, row.method) : ofMethod(event);
    if (step) steps.push({ ...(step as Bare<Step>), at: location });
  }
  const judged = {
    ...{ status: row.status, isBatch: row.root !== null, count: row.count, firstUnit, outputHash: row.outputHash },
    isPaid: steps.some((step) => step.step === "awarded" && step.reason.id === Reason.prover),
  };
  return { ...summary, steps, ...assuranceOf(row.method, judged, detail) };
}

type MethodEvent = Exclude<Event, { method: undefined }>;

const methodNamed = (name: string): AnyMethod | undefined => (methods as Record<string, AnyMethod>)[name];

/** An attestation as lists show it. */
export function summaryOf(row: ReadAttestation): AttestationSummary {
  const unit = unitOf(row.context);
  return {
    uid: row.uid,
    prover: row.prover,
    proverName: row.proverName,
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
    attested: locationOf(row),
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

type Bare<T> = T extends unknown ? Omit<T, "at"> : never;

/** The step of an event that no known method emitted. Events of methods other than the attestation's are ignored. */
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
    case "CoverLocked": {
      const { prover: by, beneficiary, token, amount } = args;
      return { step: "coverLocked", by, beneficiary, token: unlessZero(token), amount: String(amount) };
    }
    case "CoverSettled": {
      const { beneficiary, token, to, amount } = args;
      return { step: "coverSettled", beneficiary, token: unlessZero(token), to, amount: String(amount) };
    }
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
