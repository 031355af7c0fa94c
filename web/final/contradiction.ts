/** The server says of a claim what the contracts contradict. */
export class ContradictionError extends Error {
  override name = "ContradictionError";
}
