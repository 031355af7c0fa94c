import type { Address, Hex } from "viem";
import { z } from "zod";
import { RequestState } from "../../sdk/protocol.ts";
import { methodsIn, type Request } from "../../sdk/requests/request.ts";
import type * as wire from "../../sdk/wire.ts";
import type { EventNamed } from "../decode/events.ts";
import { decodeRequest } from "../decode/request.ts";
import type { Payment } from "../fold/payments.ts";
import type { Given } from "../fold/requests.ts";
import { type Located, locationOf } from "../store/event-columns.ts";
import type { ReadCover, ReadRequest } from "../store/sqlite/read-requests.ts";
import { locatedCursor, locationOfCursor } from "./cursors.ts";
import { finalityOf, methodOf, requestStateOf, statusOf } from "./labels.ts";
import { account, cursor, hash, noQuery, requestState } from "./parameters.ts";
import { ProblemError } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { type App, asOf, eventAt, eventsOf, type Snapshot, type State } from "./state.ts";

const PAGE = 50;
/** Each answer that didn't hold cost its prover gas, or its bond. */
const MOST_ANSWERS = 32;
const MOST_STEPS = 200;
const MOST_PAYMENTS = 200;
/** Bytes of an input or output that are shown. */
const MOST_BYTES = 4_096;

/** `/requests`, `/requests/:requestId`. */
export function requestRoutes(app: App, state: State): void {
  app.get(
    "/requests",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "listRequests",
        summary: "Requests for inferences, newest first",
        description: `At most ${PAGE} requests a page, chosen from at most 1000: a page may be short or empty and still have a next one.`,
        querystring: z.strictObject({
          state: requestState.optional(),
          model: hash.optional(),
          requester: account.optional(),
          prover: account.optional(),
          beneficiary: account.optional(),
          cursor: cursor.optional(),
        }),
        response: { 200: schemas.requestsPage, 410: schemas.problem },
      },
    },
    ({ query: { cursor, ...query } }) =>
      state.read(async (snapshot) => {
        const below = await locationOfCursor("requests", cursor, snapshot.requests.requestAt);
        const filter = { ...query, state: query.state && RequestState[query.state] };
        const { rows, last } = await snapshot.requests.list(filter, below, PAGE);
        const id = last && (await snapshot.requests.requestAt(last));
        return {
          asOf: asOf(snapshot),
          items: rows.map((row) => requestSummaryOf(row)),
          next: last && id ? locatedCursor("requests", snapshot, last, id) : null,
        };
      }),
  );

  app.get(
    "/requests/:requestId",
    {
      config: { hot: true, cost: 10 },
      schema: {
        operationId: "getRequest",
        summary: "A request: what is asked, how it was answered and covered, and what was paid to whom",
        description: `Reads one request, its first ${MOST_ANSWERS} answers, ${MOST_STEPS} events and ${MOST_PAYMENTS} payments. An input or output of more than ${MOST_BYTES} bytes is left out; the event at its location carries it.`,
        params: z.object({ requestId: hash }),
        querystring: noQuery,
        response: { 200: schemas.requestAnswer, 404: schemas.problem },
      },
    },
    ({ params: { requestId } }) =>
      state.read(async (snapshot) => {
        const row = await snapshot.requests.request(requestId);
        if (!row) throw new ProblemError(404, `There is no request ${requestId}.`);
        return { asOf: asOf(snapshot), item: await requestOf(snapshot, row) };
      }),
  );
}

const NOBODY = `0x${"0".repeat(40)}`;

/** An address that a contract keeps; null for none, which as a token is ETH. */
export const unlessZero = (address: Address): Address | null => (address === NOBODY ? null : address);

/** A request as lists show it. */
export function requestSummaryOf(
  row: ReadRequest,
  request: Request = decodeRequest(row.request),
): wire.InferenceRequestSummary {
  const { requestId, requester, requesterName, modelId, beneficiary, beneficiaryName, prover, proverName } = row;
  return {
    ...{ requestId, state: requestStateOf(row.state), requester, requesterName, modelId },
    ...{ methods: methodsIn(request.methods).map(methodOf), finality: finalityOf(request.finality) },
    ...{ token: unlessZero(request.token), fee: String(request.fee), cover: String(request.cover) },
    ...{ beneficiary, beneficiaryName },
    coversItself: prover !== null && beneficiary !== null && (prover === beneficiary || prover === requester),
    ...{ deadline: request.deadline, prover, proverName, until: row.until, uid: row.uid, requested: locationOf(row) },
  };
}

async function requestOf(snapshot: Snapshot, row: ReadRequest): Promise<wire.InferenceRequest> {
  const request = decodeRequest(row.request);
  const { requestId } = row;
  const given = await snapshot.requests.answers(requestId, MOST_ANSWERS);
  const answers = await Promise.all(given.map((answer) => answerOf(snapshot, request, answer)));
  const payments = await snapshot.requests.payments(requestId, MOST_PAYMENTS);
  const callback = unlessZero(request.callback);
  return {
    ...requestSummaryOf(row, request),
    ...{ inputHash: request.inputHash, inputBytes: row.inputBytes, input: await inputOf(snapshot, row) },
    answerWindow: request.answerWindow,
    callback: callback && { contract: callback, gas: request.callbackGas },
    ...{ nonce: String(request.nonce), provers: [...request.provers], encoded: row.request },
    ...{ answers, payments: payments.map(paymentOf), steps: await stepsOf(snapshot, row, answers) },
  };
}

async function answerOf(
  snapshot: Snapshot,
  { beneficiary, token }: Request,
  row: Located<Given>,
): Promise<wire.GivenAnswer> {
  const { uid, outputHash, outputBytes, delivered } = row;
  const attestation = await snapshot.attestations.attestation(uid);
  if (!attestation) throw new Error(`Attestation ${uid} answers request ${row.requestId}, and isn't recorded.`);
  const { prover, method, status } = attestation;
  const cover = await snapshot.requests.cover(uid, beneficiary, token);
  const event =
    outputBytes <= MOST_BYTES ? ((await eventAt(snapshot, row)) as EventNamed<"RequestAnswered">) : undefined;
  return {
    ...{ uid, prover, method: methodOf(method), status: statusOf(status), outputHash, outputBytes },
    output: event?.args.output ?? null,
    delivered: delivered === null ? null : finalityOf(delivered),
    cover: cover ? coverOf(cover) : null,
    answered: locationOf(row),
  };
}

async function inputOf(snapshot: Snapshot, row: ReadRequest): Promise<Hex | null> {
  if (row.inputBytes === 0 || row.inputBytes > MOST_BYTES) return null;
  return ((await eventAt(snapshot, row)) as EventNamed<"Requested">).args.input;
}

/** Cover of an attestation. */
export const coverOf = ({
  uid,
  prover,
  beneficiary,
  token,
  amount,
  paidTo,
  settled,
  ...row
}: ReadCover): wire.Cover => ({
  ...{ uid, prover, beneficiary, coversItself: beneficiary === prover, token: unlessZero(token), amount },
  locked: locationOf(row),
  settled: paidTo && settled && { to: paidTo, at: settled },
});

const paymentOf = ({ account, token, amount, reason, uid, ...row }: Located<Payment>): wire.Payment => ({
  ...{ account, token: unlessZero(token), amount, reason, uid, at: locationOf(row) },
});

type Bare<T> = T extends unknown ? Omit<T, "at"> : never;
type Step = wire.InferenceRequestStep;

/** The events of requests that are found by their requests: the other two are known from rows. */
type StepEvent = EventNamed<
  "RequestAccepted" | "AcceptanceLapsed" | "AnswerDelivered" | "AnswerSettled" | "CalledBack" | "RequestCancelled"
>;

async function stepsOf(snapshot: Snapshot, row: ReadRequest, answers: readonly wire.GivenAnswer[]): Promise<Step[]> {
  const events = await eventsOf(snapshot, row.requestId, MOST_STEPS);
  const steps: Step[] = [
    { step: "requested", by: row.requester, at: locationOf(row) },
    ...answers.map(({ prover: by, uid, answered: at }): Step => ({ step: "answered", by, uid, at })),
    ...events.map(({ event, location: at }): Step => ({ ...stepOf(event as StepEvent), at })),
  ];
  return steps.sort(({ at: a }, { at: b }) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
}

function stepOf({ eventName, args }: StepEvent): Bare<Step> {
  switch (eventName) {
    case "RequestAccepted":
      return { step: "accepted", by: args.prover, until: args.until };
    case "AcceptanceLapsed":
      return { step: "lapsed", prover: args.prover };
    case "AnswerDelivered":
      return {
        ...{ step: "delivered", uid: args.uid, prover: args.prover },
        ...{ finality: finalityOf(args.finality), fee: String(args.fee) },
      };
    case "AnswerSettled":
      return { step: "settled", uid: args.uid, status: statusOf(args.status), state: requestStateOf(args.state) };
    case "CalledBack":
      return { step: "calledBack", contract: args.callback, succeeded: args.succeeded };
    case "RequestCancelled":
      return { step: "cancelled" };
  }
}
