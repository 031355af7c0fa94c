import type { AddedMethod, LogLocation } from "../decode/events.ts";
import type { Kind } from "./identity-map.ts";
import { type FoldSteps, IntegrityError } from "./step.ts";

/** A verification method by its number in the registry's list; the address in lower case. */
export type Method = AddedMethod & LogLocation;

export const methods: Kind<Pick<Method, "id">, Method> = {
  group: () => undefined,
  name: ({ id }) => id,
};

/** The registry's list of verification methods. */
export const methodSteps: FoldSteps = {
  MethodAdded({ args: { id, method }, location }, rows) {
    if (rows.methods.get({ id })) throw new IntegrityError(`Method ${id} was added twice.`);
    rows.methods.set({ id, address: method.toLowerCase() as Method["address"], ...location });
  },
};
