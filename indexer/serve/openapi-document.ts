import swagger from "@fastify/swagger";
import Fastify, { type RouteOptions } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import type { Route } from "./openapi.ts";
import { titleOf } from "./problems.ts";

const DESCRIPTION =
  "A leaderboard where every point is a verified AI inference. Points, seq and ids are decimal strings; block numbers, ranks, places and counts are numbers; times are unix seconds; addresses are checksummed, hashes lower case. Every error is a problem detail (RFC 9457); for a wrong parameter it names the parameter.";

/** The part of an OpenAPI document that is completed here. */
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: { schemas: Record<string, unknown> };
}

interface Response {
  description: string;
  content?: Record<string, unknown>;
}

/** The OpenAPI 3.1 document of a server's routes; `prefix` is the path that all of them are below, empty for none. */
export async function documentOf(routes: readonly Route[], prefix: string): Promise<unknown> {
  // A server that never listens: the generator is a plugin that watches routes being added.
  const app = Fastify({ exposeHeadRoutes: false });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => JSON.stringify);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      ...(prefix !== "" && { servers: [{ url: prefix }] }),
      info: {
        title: "Proofboard",
        version: "1",
        description: DESCRIPTION,
        license: { name: "MIT", identifier: "MIT" },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  for (const route of routes) app.route({ ...route, handler: () => {} } as RouteOptions);
  await app.ready();
  return complete(structuredClone(app.swagger()) as unknown as Document);
}

// The generator knows neither the type of problems, nor those that any request may meet, and names schemas of answers
// a second time as if requests had them.
function complete(document: Document): Document {
  const { schemas } = document.components;
  for (const name of Object.keys(schemas)) if (name.endsWith("Input")) delete schemas[name];
  for (const path of Object.values(document.paths))
    for (const { responses } of Object.values(path)) {
      for (const status of Object.keys(responses)) if (Number(status) >= 400) responses[status] = problem(status);
      for (const status of ["400", "429"]) responses[status] = problem(status);
      responses.default = problem("default");
    }
  return document;
}

const problem = (status: string): Response => ({
  description: titleOf(status) ?? "Any other problem",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
