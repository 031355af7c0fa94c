/** In what way a node failed; metrics count them apart. */
export type Failure =
  /** No connection, or one that broke. */
  | "unreachable"
  /** No whole answer in time. */
  | "timeout"
  /** Too many requests. */
  | "rate-limited"
  /** An HTTP status that is none of success. */
  | "status"
  /** An answer that is not JSON-RPC. */
  | "malformed"
  /** A JSON-RPC error. */
  | "refused"
  /** An answer that contradicts the question, itself, or another answer. */
  | "inconsistent";

/** A node failed, refused, or answered nonsense: worth another try, now or later, here or elsewhere. */
export class RpcError extends Error {
  override name = "RpcError";
  readonly kind: Failure;
  /** For how many milliseconds the node asks not to be asked again. */
  readonly retryAfter: number | undefined;

  constructor(message: string, kind: Failure = "inconsistent", retryAfter?: number) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

/** No retry mends this: somebody must change the configuration. */
export class FatalError extends Error {
  override name = "FatalError";
}
