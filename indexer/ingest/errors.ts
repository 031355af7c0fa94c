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

/** How much of a node's error is said: it may quote a whole answer. */
const MOST_SAID = 500;

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

  /** Says which node it was, where the message doesn't yet, and hides what opens it: the node may have said that. */
  attribute({ name, redact }: { name: string; redact: (text: string) => string }): void {
    const [subject] = /^(?:The node\b(?: at \S+)?)?/.exec(this.message) as RegExpExecArray;
    const named = subject === "The node" ? name : subject || `${name}: `;
    // A part of what is hidden isn't recognised, so nothing is cut before.
    const said = redact(this.message.slice(subject.length));
    this.message = named + (said.length > MOST_SAID ? `${said.slice(0, MOST_SAID)}…` : said);
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
