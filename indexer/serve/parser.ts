import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { FOR_BROWSERS } from "./browsers.ts";
import { ProblemError, toProblem } from "./problems.ts";

const TYPE = "application/problem+json";

/** What Node's parser refuses before there is a request, as a problem; the connection is closed. */
export function answerUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const { title, ...problem } = toProblem(refusalOf(error));
  const body = JSON.stringify({ ...problem, title });
  const headers = {
    ...FOR_BROWSERS,
    "content-type": TYPE,
    "content-length": Buffer.byteLength(body),
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${title}`, ...lines, "", body].join("\r\n"), () => socket.destroy());
}

function refusalOf({ code, message }: NodeJS.ErrnoException): ProblemError {
  if (code === "HPE_HEADER_OVERFLOW")
    return new ProblemError(431, "The request's headers are larger than 16384 bytes.");
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new ProblemError(408, "The request didn't come to its end in time.");
  return new ProblemError(400, `The request is not HTTP/1.1: ${message}.`);
}

/** Refuses what a client expects of the server other than an answer: `100-continue` is all that there is. */
export function refuseExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const problem = toProblem(new ProblemError(417, `Nobody here can do what is expected: "${headers.expect}".`));
  response.writeHead(problem.status, { ...FOR_BROWSERS, "content-type": TYPE, connection: "close" });
  response.end(JSON.stringify(problem));
}
