/** A benchmark was asked for in a way that it doesn't know. */
export class WrongUse extends Error {
  override name = "WrongUse";
}
