import cors from "@fastify/cors";
import swagger from "@fastify/swagger";
import Fastify, { type FastifyBaseLogger, LogController } from "fastify";
import { jsonSchemaTransform, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { ZodType } from "zod";
import type { AsOf } from "../../sdk/wire.ts";
import type { SyncStatus } from "../sync.ts";
import { accountRoutes } from "./accounts.ts";
import { auditRoute } from "./audit.ts";
import { contentRoute } from "./content.ts";
import { modelRoutes } from "./models.ts";
import { operationRoutes } from "./operations.ts";
import { noQuery } from "./parameters.ts";
import { answerProblem, answerProblems, InvalidParameter } from "./problems.ts";
import * as schemas from "./schemas.ts";
import { seasonRoutes } from "./seasons.ts";
import { standingRoutes } from "./standings.ts";
import { type App, asOf, etagOf, type State } from "./state.ts";
import { statementRoutes } from "./statements.ts";
import { tableRoute } from "./table.ts";

/** What the server needs beside what it reads. */
export interface ServerOptions {
  state: State;
  condition: SyncStatus;
  /** Directory of files named by their CIDs. */
  content: string | undefined;
  /** RPC URL that browsers may use. */
  rpcUrl: string | undefined;
  logger: FastifyBaseLogger;
}

const WELCOME = `Proofboard's indexer: a leaderboard where every point is a verified AI inference.

  /v1/seasons                  seasons, their rules and totals
  /v1/seasons/1/standings      the ranking of season 1
  /v1/seasons/1/standings.csv  the whole of it, as a table
  /v1/attestations             statements, and what is proven of each
  /v1/models                   published models
  /v1/audit/1                  the ledger of season 1 held against the chain's
  /openapi.json                every route
  /readyz                      whether the answers are up to date
`;

/** The HTTP API, not yet listening. */
export async function createServer({ state, condition, content, rpcUrl, logger }: ServerOptions): Promise<App> {
  const app: App = Fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, _, reply) => answerProblem(error, reply),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler<ZodType>(({ schema }) => (data) => {
    const parsed = schema.safeParse(data);
    return parsed.success
      ? { value: parsed.data }
      : { error: new InvalidParameter(parsed.error.issues[0] as never, data as Record<string, unknown>) };
  });
  // Answers are built as their types say, and tests hold them against the schemas: no need to check each again.
  app.setSerializerCompiler(() => JSON.stringify);
  answerProblems(app as never);
  app.addHook("onSend", async (_, reply) => {
    reply.header("x-content-type-options", "nosniff");
  });

  await app.register(cors, { origin: "*", methods: ["GET", "HEAD"], exposedHeaders: ["etag", "as-of"] });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Proofboard",
        version: "1",
        description:
          "A leaderboard where every point is a verified AI inference. Points, seq and ids are decimal strings; times are unix seconds.",
      },
    },
    transform: jsonSchemaTransform,
  });

  operationRoutes(app, state, condition);
  contentRoute(app, content);
  app.get("/", { schema: { hide: true } }, (_, reply) => reply.type("text/plain; charset=utf-8").send(WELCOME));
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  await app.register(async (v1: App) => answersOfTheChain(v1, state), { prefix: "/v1" });
  await app.register(async (v1: App) => otherAnswers(v1, state, rpcUrl), { prefix: "/v1" });
  return app;
}

/** What the indexed block alone decides: an ETag that follows it saves asking twice. */
function answersOfTheChain(app: App, state: State): void {
  app.addHook("onRequest", async (request, reply) => {
    const etag = etagOf(asOf(state));
    if (asks(request.headers["if-none-match"], etag)) return reply.header("etag", etag).status(304).send();
  });
  // From the answer itself: by now the chain may have gone on.
  app.addHook("preSerialization", async (_, reply, payload) => {
    if (typeof payload === "object" && payload !== null && "asOf" in payload)
      reply.header("etag", etagOf(payload.asOf as AsOf)).header("cache-control", "no-cache");
    return payload;
  });
  seasonRoutes(app, state);
  standingRoutes(app, state);
  tableRoute(app, state);
  accountRoutes(app, state);
  statementRoutes(app, state);
  modelRoutes(app, state);
}

function otherAnswers(app: App, state: State, rpcUrl: string | undefined): void {
  auditRoute(app, state);
  app.get(
    "/deployment",
    {
      schema: {
        summary: "Where the contracts are, and an RPC URL for browsers",
        querystring: noQuery,
        response: { 200: schemas.deploymentAnswer, 400: schemas.problem },
      },
    },
    () => ({ ...state.deployment, rpcUrl: rpcUrl ?? null }),
  );
}

const asks = (header: string | undefined, etag: string): boolean =>
  header?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag) ?? false;
