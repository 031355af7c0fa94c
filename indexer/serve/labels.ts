import { methodName } from "../../sdk/methods/index.ts";
import {
  type FinalityName,
  type RequestStateName,
  RequestState as RequestStates,
  reasonName,
  Status,
  type StatusName,
  statusNames,
} from "../../sdk/protocol.ts";
import type { AttestationStatus, Method, Reason, RequestState } from "../../sdk/wire.ts";

export const methodOf = (id: number): Method => ({ id, name: methodName(id) });
export const reasonOf = (id: number): Reason => ({ id, name: reasonName(id) });

const isAttestationStatus = (name: StatusName): name is AttestationStatus => name !== "none";

/** The statuses that a recorded attestation can have. */
export const attestationStatuses = statusNames.filter(isAttestationStatus);

/** The word for a status number of the registry. */
export const statusOf = (status: number): AttestationStatus => attestationStatuses[status - 1] ?? "void";

/** The registry's number for a word. */
export const statusNumber = (status: AttestationStatus): number => Status[status];

const isRequestState = (name: string): name is RequestState => name !== "none";

/** The states that a request can have. */
export const requestStates = (Object.keys(RequestStates) as RequestStateName[]).filter(isRequestState);

/** The word for a state's number. */
export const requestStateOf = (state: number): RequestState => requestStates[state - 1] as RequestState;

/** The word for a finality's number. */
export const finalityOf = (finality: number): FinalityName => (finality === 0 ? "covered" : "verified");
