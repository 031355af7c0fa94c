/** In what way a node failed; metrics count them apart. */
export type Failure =
  /** No connection, or one that broke. */
  | "unreachable"
  /** No whole answer in time. */
  | "timeout"
  /** Too many requests: waiting helps. */
  | "rate-limited"
  /** More was asked for at once than the node gives, or an answer was longer than is read: asking for less helps. */
  | "too-large"
  /** An HTTP status of neither success nor refusal. */
  | "status"
  /** An answer that is not JSON-RPC. */
  | "malformed"
  /** A JSON-RPC error, or an HTTP status that refuses the request. */
  | "refused"
  /** An answer that contradicts the question, itself, or another answer. */
  | "inconsistent";

/** A node failed, refused, or answered nonsense. Another try may succeed, later or with another node. */
export class RpcError extends Error {
  override name = "RpcError";
  readonly kind: Failure;
  /** How long the node asks to wait, in milliseconds. */
  readonly retryAfter: number | undefined;

  constructor(message: string, kind: Failure = "inconsistent", retryAfter?: number) {
    super(message);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /** Says which node it was, where the message doesn't yet. */
  attribute(node: string): void {
    if (this.message.startsWith("The node at ")) return;
    this.message = /^The node\b/.test(this.message)
      ? this.message.replace(/^The node\b/, node)
      : `${node}: ${this.message}`;
  }
}

/** A node is of another chain than the deployment, or says so. */
export class WrongChain extends RpcError {
  override name = "WrongChain";
}

/** No retry repairs this: the configuration must be changed. */
export class FatalError extends Error {
  override name = "FatalError";
}
