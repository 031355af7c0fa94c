/** Events that can't follow from those before: some were missed, or invented by the node. */
export class IntegrityError extends Error {
  override name = "IntegrityError";
}
