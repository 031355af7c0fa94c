import type { IncomingMessage } from "node:http";
import Fastify, { type FastifyBaseLogger, type FastifySchemaCompiler, LogController } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { ZodType } from "zod";
import { MAX_CONTENT_BYTES } from "../../sdk/content.ts";
import { tooSlowAt } from "../../sdk/download.ts";
import type { SyncStatus } from "../sync/status.ts";
import { accountRoutes } from "./accounts.ts";
import { activityRoute } from "./activity.ts";
import { followBlocks } from "./answers.ts";
import { attestationRoutes } from "./attestations.ts";
import { auditRoute } from "./audit.ts";
import { type Availability, availabilityRoute } from "./availability.ts";
import { awaitBlocks } from "./awaiting.ts";
import { boardRoutes } from "./boards.ts";
import { openToBrowsers } from "./browsers.ts";
import { claimRoute } from "./claims.ts";
import { type TrustedProxies, trustedBy } from "./clients.ts";
import { closeGently } from "./closing.ts";
import { contentRoute } from "./content.ts";
import { embedRoutes } from "./embed.ts";
import { enclaveRoute } from "./enclaves.ts";
import { compressAnswers, cutPipelines, DEFAULT_LIMITS, type Limits, limitWork, refuseMalformed } from "./limits.ts";
import { metricsRoute } from "./metrics.ts";
import { modelRoutes } from "./models.ts";
import { moneyRoute } from "./money.ts";
import { nameRoutes } from "./names.ts";
import { networkRoute } from "./network.ts";
import { newsRoute } from "./news.ts";
import { describeApi } from "./openapi.ts";
import { operationRoutes } from "./operations.ts";
import { pageRoutes } from "./page.ts";
import { noQuery } from "./parameters.ts";
import { answerUnparsed, refuseExpectation } from "./parser.ts";
import { pictureRoutes } from "./picture/route.ts";
import { pathWithin, refuseElsewhere } from "./prefix.ts";
import { answerElsewhere, answerProblem, answerProblems, InvalidParameter } from "./problems.ts";
import { profileRoute } from "./profiles.ts";
import { requestRoutes } from "./requests.ts";
import * as schemas from "./schemas.ts";
import { seasonRoutes } from "./seasons.ts";
import { seatRoutes } from "./seats.ts";
import { standingRoutes } from "./standings.ts";
import type { App, State } from "./state.ts";
import { createHub, type Hub } from "./stream/hub.ts";
import { streamRoute } from "./stream/route.ts";
import { tableRoute } from "./table/route.ts";
import { unitStandingRoutes } from "./unit-standings.ts";
import { type Uploads, uploadRoute } from "./uploads.ts";

/** What a process is to its database: the only one of its, its writer, one that would write, or one that only reads. */
export type Role = "only" | "writer" | "standby" | "server";

/** What the server needs besides the chain's state. */
export interface ServerOptions {
  state: State;
  condition: SyncStatus;
  /** What this process is to the database; the only one by default. */
  role?: (() => Role) | undefined;
  /** Directory of files named by their CIDs. */
  content: string | undefined;
  /** What organisers may put there; nothing by default. */
  uploads?: Omit<Uploads, "directory"> | undefined;
  /** Who serves models' files; nobody is asked by default. */
  availability?: Availability | undefined;
  /** Directory of the built page. */
  page?: string | undefined;
  /** RPC URL that browsers may use. */
  rpcUrl: string | undefined;
  /** Path under which everything is served, as `/board`. */
  prefix?: string | undefined;
  /** Proxies that may name the client; none by default. */
  trustedProxies?: TrustedProxies | undefined;
  limits?: Partial<Limits> | undefined;
  logger: FastifyBaseLogger;
}

const SLOW = 1_000;

const NOT_MEASURED: Availability = { of: () => [] };

const validatorOf: FastifySchemaCompiler<ZodType> =
  ({ schema }) =>
  (data) => {
    const parsed = schema.safeParse(data);
    return parsed.success
      ? { value: parsed.data }
      : { error: new InvalidParameter(parsed.error.issues[0] as never, data as Record<string, unknown>) };
  };

// Given from the start, otherwise Fastify loads its own too. Answers have the types of their schemas, and tests compare
// them with the schemas, so they aren't checked again.
const COMPILERS = { buildValidator: () => validatorOf as never, buildSerializer: () => () => JSON.stringify };

/** The HTTP API and the page, not yet listening. Closing it lets requests end that are under way. */
export async function createServer(options: ServerOptions): Promise<App> {
  const {
    state,
    condition,
    role = () => "only",
    content,
    uploads,
    availability = NOT_MEASURED,
    page: directory,
    rpcUrl,
    prefix = "",
    trustedProxies = [],
    logger,
  } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const app: App = Fastify({
    loggerInstance: withoutChildren(logger),
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: "idle",
    // Within the server, no path has the prefix.
    ...(prefix !== "" && { rewriteUrl: ({ url = "" }: IncomingMessage) => pathWithin(prefix, url) ?? url }),
    // Without proxies, the client is who asks, which is known without reading headers.
    trustProxy: trustedProxies.length > 0 && trustedBy(trustedProxies),
    // A request without a host is refused as all others are.
    http: { headersTimeout: 10_000, maxHeaderSize: 16_384, optimizeEmptyRequests: true, requireHostHeader: false },
    // The slowest upload of the largest content; other routes refuse bodies at once.
    requestTimeout: content !== undefined && uploads ? tooSlowAt(MAX_CONTENT_BYTES) : 15_000,
    // Also of answers that nobody reads: they would be kept in memory for ever.
    connectionTimeout: limits.silence,
    // Answered as everything else is refused.
    return503OnClosing: false,
    clientErrorHandler: answerUnparsed as never,
    bodyLimit: 1,
    routerOptions: { maxParamLength: 200 },
    schemaController: { compilersFactory: COMPILERS },
    frameworkErrors: (error, _, reply) => answerProblem(error, reply),
  }).withTypeProvider<ZodTypeProvider>();
  // Before plugins are waited for: Fastify then binds the routes that it has to the handler that it has.
  answerProblems(app as never);
  closeGently(app);

  app.server.on("checkExpectation", refuseExpectation);

  cutPipelines(app);
  await openToBrowsers(app);
  if (prefix !== "") refuseElsewhere(app, prefix);
  refuseMalformed(app);
  limitWork(app, limits.requests, state.lateness);
  await compressAnswers(app);
  describeApi(app, prefix);
  operationRoutes(app, state, condition);
  const hub = await createHub(state, condition, limits.stream);
  app.addHook("preClose", async () => hub.close());
  logAnswers(app, metricsRoute(app, state, { condition, role, streams: hub.clients, every: limits.metricsEvery }));
  contentRoute(app, content);
  answerElsewhere(app as never, await pageRoutes(app, state, { directory, rpcUrl, prefix }));
  await app.register(async (v1: App) => answersOfTheChain(v1, state), { prefix: "/v1" });
  await app.register(async (v1: App) => otherAnswers(v1, state, hub, rpcUrl), { prefix: "/v1" });
  await app.register(
    async (embed: App) => {
      embedRoutes(embed, state, prefix);
      pictureRoutes(embed, state);
    },
    { prefix: "/embed" },
  );
  await app.register(async (v1: App) => measuredAnswers(v1, state, availability), { prefix: "/v1" });
  if (content !== undefined && uploads)
    await app.register(async (v1: App) => uploadRoute(v1, state, { directory: content, ...uploads }), {
      prefix: "/v1",
    });
  return app;
}

/** Requests get no logger of their own: they are logged once, at their end. */
function withoutChildren(logger: FastifyBaseLogger): FastifyBaseLogger {
  const own = logger.child({});
  own.child = () => own;
  return own;
}

function logAnswers(app: App, observe: ReturnType<typeof metricsRoute>): void {
  app.addHook("onResponse", (request, { statusCode, elapsedTime }, done) => {
    observe(request.routeOptions.url ?? "none", statusCode, elapsedTime / 1000);
    const fields = { method: request.method, url: request.url, status: statusCode, ms: Math.round(elapsedTime) };
    if (elapsedTime >= SLOW) request.log.info(fields, "slow answer");
    else request.log.debug(fields, "answer");
    done();
  });
}

function answersOfTheChain(app: App, state: State): void {
  awaitBlocks(app, state);
  followBlocks(app, state);
  seasonRoutes(app, state);
  standingRoutes(app, state);
  unitStandingRoutes(app, state);
  claimRoute(app, state);
  profileRoute(app, state);
  nameRoutes(app, state);
  tableRoute(app, state);
  const answers = schemas.attestationAnswers();
  accountRoutes(app, state, answers);
  seatRoutes(app, state);
  attestationRoutes(app, state, answers);
  modelRoutes(app, state);
  enclaveRoute(app, state);
  boardRoutes(app, state);
  requestRoutes(app, state);
  activityRoute(app, state);
  newsRoute(app, state);
}

/** What isn't of the chain alone. */
function measuredAnswers(app: App, state: State, availability: Availability): void {
  availabilityRoute(app, state, availability);
  networkRoute(app, state, availability);
}

function otherAnswers(app: App, state: State, hub: Hub, rpcUrl: string | undefined): void {
  auditRoute(app, state);
  moneyRoute(app, state);
  streamRoute(app, hub);
  app.get(
    "/deployment",
    {
      schema: {
        operationId: "getDeployment",
        summary: "Where the contracts are, an RPC URL for browsers, and a block explorer",
        description: "Reads nothing.",
        querystring: noQuery,
        response: { 200: schemas.deploymentAnswer },
      },
    },
    () => ({ ...state.deployment, rpcUrl: rpcUrl ?? null, explorer: state.deployment.explorer ?? null }),
  );
}
