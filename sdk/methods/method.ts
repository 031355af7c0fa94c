import type { Abi, ContractEventName, DecodeEventLogReturnType, Hex } from "viem";

/** What a status proves of an attestation and what it leaves to trust, each in words. */
export interface Assurance {
  /** What is proven by now. */
  proven: string;
  /** What is not. */
  notProven: string;
}

/** What an assurance's words depend on, under any method. */
export interface Judged {
  /** As the registry counts: `Status` of sdk/protocol.ts. */
  status: number;
  isBatch: boolean;
  /** Number of units or runs: 1, or a batch's length. */
  count: number;
  /** Number of its first unit, whose input is assigned; undefined where it is about none. */
  firstUnit: bigint | undefined;
  /** The prover's output, a tensor hash; null while the answer is hidden, and of a batch. */
  outputHash: Hex | null;
  /** Whether its prover was paid for it. */
  isPaid: boolean;
}

/** An event of a contract with this ABI. */
export type EventOf<abi extends Abi> = DecodeEventLogReturnType<abi, ContractEventName<abi>>;

/** One step of an attestation's life, as the API returns it. */
export interface MethodStep {
  /** Names the kind of step, in camel case. */
  step: string;
}

/**
 * A verification method as this package knows it: one file of `sdk/methods`, registered in `sdk/methods/index.ts`.
 * Events of its contract that are about an attestation have the attestation's id as their first indexed parameter.
 */
export interface Method<abi extends Abi, Detail extends object, Step extends MethodStep> {
  /** Its number in the registry's list; the protocol's, the same on every chain. */
  id: number;
  /** The contract's name, by which deployments and people know the method. */
  name: string;
  abi: abi;
  /** False where nobody's money is ever locked with its contract; left out where it may be. */
  isBonded?: false;
  /** What is known of an attestation before any event of the method's contract. */
  begin(): Detail;
  /** Folds an event about an attestation into what is known of it; changes `detail`. */
  fold(detail: Detail, event: EventOf<abi>): void;
  /**
   * The step that an event is; undefined if it is no step of an attestation's life.
   *
   * @param firstUnit Number of the attestation's first unit; undefined if it is about none.
   */
  stepOf(event: EventOf<abi>, firstUnit: bigint | undefined): Step | undefined;
  /** What is proven and what isn't; undefined if there is nothing to add to what is true for any method. */
  assurance(judged: Judged, detail: Detail): Assurance | undefined;
}

/** Any method: only the method itself reads its events and details. */
export interface AnyMethod {
  id: number;
  name: string;
  abi: Abi;
  isBonded?: false;
  begin(): object;
  fold(detail: never, event: never): void;
  stepOf(event: never, firstUnit: bigint | undefined): MethodStep | undefined;
  assurance(judged: Judged, detail: never): Assurance | undefined;
}

/** Gives the definition of a method its type. */
export const defineMethod = <const abi extends Abi, Detail extends object, Step extends MethodStep>(
  method: Method<abi, Detail, Step>,
): Method<abi, Detail, Step> => method;
