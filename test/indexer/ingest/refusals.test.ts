import { expect } from "chai";
import { kindOf } from "../../../indexer/ingest/refusals.ts";
import type { Refusal } from "../../../sdk/refusals.ts";

const error = (code: number, message: string, status = 200): Refusal => ({ status, code, message });
const http = (status: number, message = "", waits = false): Refusal => ({ status, message, waits });

const meant = {
  "rate-limited": [
    http(429),
    http(503, "", true),
    http(403, "Rate limit exceeded"),
    http(402, '{"message":"Monthly quota exceeded"}'),
    http(500, "too many requests"),
    error(429, "compute units"),
    error(15, "Too many request, try again later"),
    error(-32005, "limit exceeded"),
    error(-32005, "daily request count exceeded, request rate limited"),
    error(-32007, "50/second request limit reached - reduce calls per second or upgrade your account"),
    error(-32016, "over rate limit"),
    error(-32029, "?"),
    error(-32090, "Too many requests, reason: call rate limit exhausted, retry in 10s"),
    error(-32000, "Your app has exceeded its compute units per second capacity.", 429),
    error(-32000, "You've exceeded the RPS limit available on the current plan."),
    error(-32603, "request rate exceeded", 500),
    error(-32000, "throttled"),
    error(-32000, "server busy"),
    error(-32000, "The batch was throttled."),
  ],
  "too-large": [
    http(413),
    http(414),
    http(431),
    http(400, "request body too large"),
    error(-32005, "query returned more than 10000 results"),
    error(-32005, "query exceeds max results 20000, retry with the range 1-2"),
    error(-32602, "block range is too wide"),
    error(-32602, "exceed maximum block range: 5000"),
    error(-32005, "block range limit exceeded", 429),
    error(-32000, "batch limit exceeded"),
    error(-32005, "too many requests in batch"),
    error(-32602, "eth_getLogs is limited to a 10,000 range"),
    error(-32602, "Log response size exceeded. You can make requests with up to a 2K block range."),
    error(-32000, "query timeout exceeded"),
    error(-32000, "gas limit exceeded"),
  ],
  refused: [
    http(400),
    http(401, "unauthorised"),
    http(404, "Not Found"),
    error(-32601, "the method eth_x does not exist"),
    error(-32000, "header not found"),
    error(-32602, "unknown tag", 400),
    error(3, "execution reverted", 500),
  ],
  status: [http(500), http(502, "Bad Gateway"), http(503), http(301), http(304)],
} as const;

describe("what a refusal means", () => {
  for (const [kind, refusals] of Object.entries(meant))
    for (const refusal of refusals)
      it(`is ${kind} for ${JSON.stringify(refusal)}`, () => {
        expect(kindOf(refusal)).to.equal(kind);
      });
});
