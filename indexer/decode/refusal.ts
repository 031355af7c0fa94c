/** Thrown by {@link refuse}: the caller, who knows which log it was, says so. */
export class Refusal extends Error {}

/** Ends the decoding of what no contract can have emitted. */
export function refuse(): never {
  throw new Refusal();
}
