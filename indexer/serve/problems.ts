import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { $ZodIssue } from "zod/v4/core";
import type { Problem } from "../../sdk/wire.ts";
import { RankingNotBuilt } from "../rank/built.ts";
import { StorageError } from "../store/store.ts";

// Seconds after which a retry may succeed.
const RETRY_AFTER = 5;

/** An error that is answered with its own status and sentence. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly status: number;
  /** The request's parameter that was wrong. */
  readonly parameter: string | undefined;
  /** Seconds after which the same request may succeed. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    detail: string,
    parameter?: string,
    retryAfter = status === 503 ? RETRY_AFTER : undefined,
  ) {
    super(detail);
    this.status = status;
    this.parameter = parameter;
    this.retryAfter = retryAfter;
  }
}

/** Answers errors of routes, added before or after, as RFC 9457 problem details; a wrong parameter is named. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler<Failure>((error, request, reply) => {
    const { status } = answerProblem(error, reply);
    // A problem with its own sentence, as when a node can't be reached, is expected. Anything else is a bug to look into.
    const known = error instanceof ProblemError || isForNow(error);
    if (status >= 500 && !known) request.log.error(error);
  });
}

/** Answers requests that fit no route with a problem, unless `elsewhere` returns that it has answered. */
export function answerElsewhere(
  app: FastifyInstance,
  elsewhere: (request: FastifyRequest, reply: FastifyReply) => boolean,
): void {
  app.setNotFoundHandler((request, reply) => {
    if (elsewhere(request, reply)) return reply;
    throw new ProblemError(404, `There is no ${request.method} ${request.url.split("?")[0]} here.`);
  });
}

type Failure = Error & { statusCode?: number };

/** Answers with the problem that `error` is, and returns it. */
export function answerProblem(error: Failure, reply: FastifyReply): Problem {
  const problem = toProblem(error);
  const after = error instanceof ProblemError ? error.retryAfter : problem.status === 503 ? RETRY_AFTER : undefined;
  if (after !== undefined) reply.header("retry-after", after);
  reply.status(problem.status).type("application/problem+json").serializer(JSON.stringify).send(problem);
  return problem;
}

/** The problem that an error is for a client. */
export function toProblem(error: Failure): Problem {
  if (error instanceof ProblemError) return problem(error.status, error.message, error.parameter);
  if (isForNow(error)) return problem(503, error.message);
  if (error instanceof InvalidParameter) return problem(400, error.message, error.parameter);
  const status = error.statusCode ?? 500;
  // Internal errors go to the log, not to the client.
  return problem(status, status < 500 ? error.message : "The indexer failed to answer; its log says why.");
}

const isForNow = (error: Error): boolean => error instanceof RankingNotBuilt || error instanceof StorageError;

/** The name of an HTTP status. */
export const titleOf = (status: number | string): string | undefined =>
  process.getBuiltinModule("node:http").STATUS_CODES[status];

const problem = (status: number, detail: string, parameter?: string): Problem => ({
  type: "about:blank",
  title: titleOf(status) ?? "Error",
  status,
  detail,
  ...(parameter !== undefined && { parameter }),
});

/** A parameter that its schema refuses. */
export class InvalidParameter extends Error {
  override name = "InvalidParameter";
  readonly parameter: string;

  constructor(issue: $ZodIssue, data: Record<string, unknown>) {
    const unknownName = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
    const parameter = unknownName ?? String(issue.path[0]);
    const value = JSON.stringify(data[parameter])?.slice(0, 100) ?? "missing";
    super(
      unknownName === undefined
        ? `The parameter ${parameter} is ${value}: ${issue.message}.`
        : `There is no parameter ${parameter} here.`,
    );
    this.parameter = parameter;
  }
}
