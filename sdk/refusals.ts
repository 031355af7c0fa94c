/** How a node refused: the HTTP status, and the code and message of a JSON-RPC error or the text instead of one. */
export interface Refusal {
  status: number;
  code?: unknown;
  message: string;
  /** Whether the node said how long to wait. */
  waits?: boolean;
}

/** These words are about time only. */
const PACE =
  /rate.?limit|request rate|throttl|per.?(?:second|sec\b|minute|hour|day|month)|\d *\/ *s(?:ec(?:ond)?)?\b|\brps\b/i;

/** These are about how much was asked for, whatever else is said of limits. */
const AMOUNT =
  /\brange\b|\bresults?\b|\bresponse\b|\blogs\b|\bblocks\b|block (?:distance|count|limit)|\bbatch|\bsize\b|\bpayload\b|\bbody\b|\bgas\b|\btoo (?:large|long|big|wide)\b|timeout|timed out|deadline/i;

/** These mean too many requests where nothing is said of an amount. */
const LIMIT =
  /too many (?:\w+ )?(?:request|connection|call)|requests? (?:limit|count|quota)|limit (?:is |was |has been )?(?:exceeded|reached|hit)|(?:exceed|reach)\w* [\w ]*(?:limit|quota)|over [\w ]*limit|capacity|quota|slow down|overload|busy/i;

/**
 * Codes of errors for too many requests: EIP-1474 (−32005), QuickNode (−32007), OP Stack's proxyd (−32016), OnFinality
 * (−32029), Ankr (−32090), Alchemy and others (429), dRPC (15).
 */
const CODES = new Set<unknown>([429, 15, -32005, -32007, -32016, -32029, -32090]);

/** HTTP statuses that say that a request was too large. */
const TOO_LARGE = new Set([413, 414, 431]);

/**
 * What a refusal is about: `rate-limited` goes away by waiting, `too-large` by asking for less; undefined for neither.
 * Nodes use the same codes and the word "limit" for both, so words that say what is limited come first.
 */
export function limitOf({ status, code, message, waits = false }: Refusal): "rate-limited" | "too-large" | undefined {
  if (PACE.test(message)) return "rate-limited";
  if (TOO_LARGE.has(status) || AMOUNT.test(message)) return "too-large";
  const isTooMany = status === 429 || (status === 503 && waits) || CODES.has(code) || LIMIT.test(message);
  return isTooMany ? "rate-limited" : undefined;
}
