import type { Address, Hex } from "viem";
import { Finality, RequestState, Status } from "../../sdk/protocol.ts";
import { type Request, requestContext } from "../../sdk/requests/request.ts";
import { Refusal } from "../decode/abi-words.ts";
import type { LogLocation } from "../decode/events.ts";
import { decodeRequest, requestIdOf } from "../decode/request.ts";
import { keccakHex } from "../ingest/keccak.ts";
import type { Kind, Rows } from "./identity-map.ts";
import { requireAttestation } from "./recorded.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A request and where it stands. */
export interface Asked extends LogLocation {
  requestId: Hex;
  requester: Address;
  modelId: Hex;
  /** Null where no cover is asked for. */
  beneficiary: Address | null;
  /** All of it, ABI-encoded: `decodeRequest` reads it. */
  request: Hex;
  /** Bytes of the input that came with it; 0 where the input is content. */
  inputBytes: number;
  /** A number of `RequestState`. */
  state: number;
  /** Who accepted it or answered; null while it is open. */
  prover: Address | null;
  /** End of that prover's time to answer, unix seconds; null while it is open. */
  until: number | null;
  /** The attestation that answers it; null while none does. */
  uid: Hex | null;
}

/** An answer that was given, also one that didn't hold. Its prover and how it stands are its attestation's. */
export interface Given extends LogLocation {
  uid: Hex;
  requestId: Hex;
  outputHash: Hex;
  /** Bytes of the output, which its event carries. */
  outputBytes: number;
  /** The finality at which it was paid for, a number of `Finality`; null before. */
  delivered: number | null;
}

const ended: readonly number[] = [RequestState.verified, RequestState.fallen, RequestState.cancelled];

export const requests: Kind<Pick<Asked, "requestId">, Asked> = {
  group: () => undefined,
  name: ({ requestId }) => requestId,
  isDone: ({ state }) => ended.includes(state),
};

export const answers: Kind<Pick<Given, "uid">, Given> = {
  group: () => undefined,
  name: ({ uid }) => uid,
};

const NOBODY = `0x${"0".repeat(40)}`;

/** A request that an event is about, with its fields; throws `IntegrityError` where there is none. */
export function requireRequest({ requests }: Rows, requestId: Hex, eventName: string) {
  const row = requests.get({ requestId });
  if (!row) throw new IntegrityError(`${eventName} came for request ${requestId}, which was never made.`);
  return { row, request: decodeRequest(row.request) };
}

/** {@link requireRequest}, in one of these states. */
function requireState(rows: Rows, requestId: Hex, eventName: string, ...states: number[]) {
  const found = requireRequest(rows, requestId, eventName);
  if (!states.includes(found.row.state)) throw impossible(eventName, requestId, `is in state ${found.row.state}`);
  return found;
}

const impossible = (eventName: string, requestId: Hex, why: string): IntegrityError =>
  new IntegrityError(`${eventName} came for request ${requestId}, which ${why}.`);

function readRequest(requestId: Hex, encoded: Hex): Request {
  try {
    return decodeRequest(encoded);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new IntegrityError(`Request ${requestId} came in bytes that no contract encodes.`);
  }
}

const bytesOf = (hex: Hex): Buffer => Buffer.from(hex.slice(2), "hex");
const open = { state: RequestState.open, prover: null, until: null, uid: null };

/** How requests are made, accepted, answered and settled. */
export const requestSteps: FoldSteps = {
  Requested({ args, location, eventName }, rows, { deployment }) {
    const { requestId, requester, modelId, request: encoded } = args;
    const contract = deployment.contracts.InferenceRequests?.address as Address;
    if (requestIdOf(deployment.chainId, contract, encoded) !== requestId)
      throw new IntegrityError(`Request ${requestId} came with the bytes of another.`);
    const request = readRequest(requestId, encoded);
    if (request.requester !== requester || request.modelId !== modelId)
      throw new IntegrityError(`Request ${requestId} came with another requester or model than it has.`);
    const input = bytesOf(args.input);
    if (input.length > 0 && keccakHex(input) !== request.inputHash)
      throw new IntegrityError(`Request ${requestId} came with another input than it asks about.`);
    if (rows.requests.get({ requestId })) throw impossible(eventName, requestId, "was made before");
    const beneficiary = request.beneficiary === NOBODY ? null : request.beneficiary;
    rows.requests.set({
      ...{
        requestId,
        requester,
        modelId,
        beneficiary,
        request: encoded,
        inputBytes: input.length,
        ...open,
        ...location,
      },
    });
  },
  RequestAccepted({ args: { requestId, prover, until }, eventName }, rows, { timestamp }) {
    const { row, request } = requireState(rows, requestId, eventName, RequestState.open);
    const { provers, answerWindow, deadline } = request;
    if (provers.length > 0 && !provers.includes(prover))
      throw impossible(eventName, requestId, `${prover} may not answer`);
    if (until !== timestamp + answerWindow || until > deadline)
      throw impossible(eventName, requestId, `can't be answered until ${until}`);
    rows.requests.set({ ...row, state: RequestState.accepted, prover, until });
  },
  AcceptanceLapsed({ args: { requestId, prover }, eventName }, rows, { timestamp }) {
    const { row } = requireState(rows, requestId, eventName, RequestState.accepted);
    if (prover !== row.prover || timestamp < (row.until as number))
      throw impossible(eventName, requestId, `${row.prover} may answer until ${row.until}`);
    rows.requests.set({ ...row, ...open });
  },
  RequestAnswered({ args: { requestId, uid, prover, output }, location, eventName }, rows, { timestamp }) {
    const { row, request } = requireState(rows, requestId, eventName, RequestState.accepted);
    if (prover !== row.prover || timestamp >= (row.until as number))
      throw impossible(eventName, requestId, `${row.prover} may answer until ${row.until}`);
    const attestation = requireAttestation(rows, uid, eventName);
    const { status, method } = attestation;
    const isVerified = status === Status.verified;
    const fits =
      attestation.prover === prover &&
      attestation.modelId === request.modelId &&
      attestation.inputHash === request.inputHash &&
      attestation.context === requestContext(requestId) &&
      ((request.methods >> BigInt(method)) & 1n) === 1n &&
      (isVerified || status === Status.pending);
    if (!fits) throw impossible(eventName, requestId, `attestation ${uid} doesn't answer`);
    const bytes = bytesOf(output);
    const outputHash = keccakHex(bytes);
    if (attestation.outputHash !== null && attestation.outputHash !== outputHash)
      throw impossible(eventName, requestId, `attestation ${uid} answers with another output`);
    const isCovered = !isVerified && request.finality === Finality.covered;
    const locked = rows.covers.get({ uid, beneficiary: request.beneficiary, token: request.token })?.amount ?? "0";
    if (isCovered && BigInt(locked) < request.cover)
      throw impossible(eventName, requestId, `asks for a cover of ${request.cover}: only ${locked} are locked`);
    if (rows.answers.get({ uid })) throw impossible(eventName, requestId, `attestation ${uid} answered before`);
    const pending = isCovered ? RequestState.covered : RequestState.answered;
    rows.requests.set({ ...row, state: isVerified ? RequestState.verified : pending, uid });
    rows.answers.set({ uid, requestId, outputHash, outputBytes: bytes.length, delivered: null, ...location });
  },
  AnswerDelivered({ args: { requestId, uid, prover, finality, fee }, eventName }, rows) {
    const states = [RequestState.covered, RequestState.verified];
    const { row, request } = requireState(rows, requestId, eventName, ...states);
    const answer = rows.answers.get({ uid });
    const reached = row.state === RequestState.verified ? Finality.verified : Finality.covered;
    if (uid !== row.uid || prover !== row.prover || fee !== request.fee || finality !== reached)
      throw impossible(eventName, requestId, `${row.prover} answered with ${row.uid}, for ${request.fee}`);
    if (answer?.delivered !== null) throw impossible(eventName, requestId, "was paid for before");
    rows.answers.set({ ...answer, delivered: finality });
  },
  AnswerSettled({ args: { requestId, uid, status, state }, eventName }, rows) {
    const states = [RequestState.answered, RequestState.covered];
    const { row } = requireState(rows, requestId, eventName, ...states);
    const attestation = requireAttestation(rows, uid, eventName);
    const wrong = row.state === RequestState.covered ? RequestState.fallen : RequestState.open;
    const next = status === Status.verified ? RequestState.verified : wrong;
    const isFinal = status === attestation.status && status !== Status.pending;
    if (uid !== row.uid || !isFinal || state !== next)
      throw impossible(
        eventName,
        requestId,
        `is answered by ${row.uid}: status ${status} and state ${state} don't follow`,
      );
    rows.requests.set({ ...row, ...(next === RequestState.open ? open : { state: next }) });
  },
  CalledBack({ args: { requestId, callback }, eventName }, rows) {
    const { request } = requireRequest(rows, requestId, eventName);
    if (callback !== request.callback) throw impossible(eventName, requestId, `names the callback ${request.callback}`);
  },
  RequestCancelled({ args: { requestId }, eventName }, rows) {
    const { row } = requireState(rows, requestId, eventName, RequestState.open);
    rows.requests.set({ ...row, state: RequestState.cancelled });
  },
};
