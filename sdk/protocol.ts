// The protocol's numbers, once for all TypeScript; tests hold them to the contracts' public constants.

/** An attestation's status, by the number that the registry keeps. 2 to 5 are final. */
export const Status = { none: 0, pending: 1, verified: 2, refuted: 3, void: 4, revoked: 5 } as const;

/** A status by its name. */
export type StatusName = keyof typeof Status;

/** The statuses' names, each at its number. */
export const statusNames = Object.keys(Status) as StatusName[];

/** A status's name; "unknown" of a number that the registry doesn't have. */
export const statusName = (status: number): StatusName | "unknown" => statusNames[status] ?? "unknown";

/** Why points changed, by the number that the ledger keeps. */
export const Reason = { prover: 1, verifier: 2, penalty: 5 } as const;

/** A reason's name, or "reason 7" of one that no rule knows. */
export const reasonName = (reason: number): string =>
  Object.entries(Reason).find(([, number]) => number === reason)?.[0] ?? `reason ${reason}`;

/** How settled an answer is: covered while its method may still find it wrong, verified once it was found right. */
export const Finality = { covered: 0, verified: 1 } as const;

export type FinalityName = keyof typeof Finality;

/** A finality's name; undefined for a number that the contract doesn't have. */
export const finalityName = (finality: number): FinalityName | undefined =>
  (Object.keys(Finality) as FinalityName[]).find((name) => Finality[name] === finality);

/** Where a request stands, by the number that the contract keeps. */
export const RequestState = {
  none: 0,
  open: 1,
  accepted: 2,
  answered: 3,
  covered: 4,
  verified: 5,
  fallen: 6,
  cancelled: 7,
} as const;

export type RequestStateName = keyof typeof RequestState;

/** A state's name; "unknown" of a number that the contract doesn't have. */
export const requestStateName = (state: number): RequestStateName | "unknown" =>
  (Object.keys(RequestState) as RequestStateName[])[state] ?? "unknown";

/** The part of a unit's points that its verifiers share, in percent. */
export const VERIFIER_PERCENT = 60n;

/** A refuted unit costs its prover this many times the unit's points. */
export const PENALTY_FACTOR = 10n;

/** Points that each of `verifiers` accounts gets for a verified unit of `points`, before the season's cap. */
export const verifierShare = (points: bigint, verifiers: number): bigint =>
  (points * VERIFIER_PERCENT) / (100n * BigInt(verifiers));
