import swagger from "@fastify/swagger";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { titleOf } from "./problems.ts";
import type { App } from "./state.ts";

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

/** Generates `/openapi.json` from the schemas of the routes that are added from now on; their paths are below the prefix. */
export async function describeApi(app: App, prefix: string): Promise<void> {
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
  let document: unknown;
  app.get("/openapi.json", { config: { cost: 15 }, schema: { hide: true } }, () => {
    document ??= complete(structuredClone(app.swagger()) as unknown as Document);
    return document;
  });
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
