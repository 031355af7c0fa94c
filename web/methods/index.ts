import { knownMethods, type MethodName } from "../../sdk/methods/index.ts";
import type { Method } from "../../sdk/wire.ts";
import { disputeGame } from "./disputeGame/words.ts";
import { enclave } from "./enclave.ts";
import { fraudProof } from "./fraudProof.ts";
import type { AnyWebMethod } from "./method.ts";
import { quorum } from "./quorum.ts";
import { zkProof } from "./zkProof.ts";

/** What the page knows of each method. */
export const webMethods = { quorum, fraudProof, zkProof, enclave, disputeGame } satisfies Record<
  MethodName,
  AnyWebMethod
>;

/** The words for a method that the page doesn't know. */
export const unknownWords = ({ name }: Method): string => `${name}: nothing is known of what it proves`;

/** What the page knows of the method with this number in the registry's list; undefined if it doesn't know it. */
export function webMethodOf(id: number): AnyWebMethod | undefined {
  const [name] = knownMethods().find(([, method]) => method.id === id) ?? [];
  return name === undefined ? undefined : (webMethods as Record<string, AnyWebMethod>)[name];
}
