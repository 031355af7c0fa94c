import { methodById, methodName } from "./methods/index.ts";
import type { Assurance, Judged } from "./methods/method.ts";
import { Status } from "./protocol.ts";

const SIGNED = "The prover said so: its transaction recorded this attestation.";

/**
 * What is proven of an attestation, and what is not.
 *
 * @param method Its method's number; one that isn't known here proves nothing to this reader.
 * @param detail What the method's own events say about it; defaults to what is known before any.
 */
export function assuranceOf(method: number, judged: Judged, detail?: object): Assurance {
  const { status } = judged;
  const known = methodById(method);
  const name = methodName(method);
  const own = known?.assurance(judged, (detail ?? known.begin()) as never);
  if (own) return own;
  if (method === 0 && status === Status.pending)
    return { proven: SIGNED, notProven: "That the answer is true: nobody settles an attestation without a method." };
  if (status === Status.pending)
    return { proven: SIGNED, notProven: `That the answer is true: ${name} has not settled it yet.` };
  if (status === Status.void)
    return { proven: SIGNED, notProven: `That the answer is true or false: ${name} couldn't decide, so it is void.` };
  if (status === Status.revoked)
    return { proven: SIGNED, notProven: "That the answer is true: the prover took the attestation back." };
  if (!known && method !== 0 && (status === Status.verified || status === Status.refuted))
    return {
      proven: `The registry's method number ${method} settled it as ${status === Status.verified ? "verified" : "refuted"}.`,
      notProven: `What that means: ${name}: nothing is known of what it proves.`,
    };
  return { proven: "Nothing.", notProven: `That the answer is true: ${name} says nothing of it.` };
}
