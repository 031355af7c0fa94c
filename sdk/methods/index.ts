import { disputeGame } from "./disputeGame.ts";
import { enclave } from "./enclave.ts";
import { fraudProof } from "./fraudProof.ts";
import type { AnyMethod } from "./method.ts";
import { quorum } from "./quorum.ts";
import { zkProof } from "./zkProof.ts";

// Named, so that declarations refer to the methods' own instead of repeating them.
type Methods = {
  quorum: typeof quorum;
  fraudProof: typeof fraudProof;
  zkProof: typeof zkProof;
  enclave: typeof enclave;
  disputeGame: typeof disputeGame;
};

/** Every verification method that this package knows: the one list of them. */
export const methods: Methods = { quorum, fraudProof, zkProof, enclave, disputeGame };

/** A known method, by which each room registers its part. */
export type MethodName = keyof typeof methods;

/** A step of an attestation's life that comes from a method's own event. */
export type MethodSteps = {
  [Name in MethodName]: NonNullable<ReturnType<(typeof methods)[Name]["stepOf"]>>;
}[MethodName];

/** All known methods, by their registered names. */
export const knownMethods = (): [name: string, method: AnyMethod][] => Object.entries<AnyMethod>(methods);

/** The known methods whose contracts may hold bonds. */
export const bondedMethods = (): AnyMethod[] =>
  knownMethods().flatMap(([, method]) => (method.isBonded === false ? [] : [method]));

/** The known method of a number of the registry's list. */
export const methodById = (id: number): AnyMethod | undefined =>
  knownMethods().find(([, method]) => method.id === id)?.[1];

/** A method's name for a reader: "none" for 0, "unknown method 7" for one that isn't known here. */
export const methodName = (id: number): string =>
  id === 0 ? "none" : (methodById(id)?.name ?? `unknown method ${id}`);

/** What a room registered for the method with a number; undefined if nobody registered it. */
export const partOf = <Part>(parts: Readonly<Record<string, Part>>, id: number): Part | undefined => {
  const name = knownMethods().find(([, method]) => method.id === id)?.[0];
  return name === undefined ? undefined : parts[name];
};

/** Whether a method takes batches without their traces; of one that isn't known here nobody can say that it doesn't. */
export function mayBeRootOnly(id: number): boolean {
  const method = methodById(id);
  return method === undefined || method.isRootOnly === true;
}
