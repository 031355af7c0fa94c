/** The part of an OpenAPI document that the API's page shows. */
export interface ApiDocument {
  info: { description: string };
  paths: Record<string, Record<string, OperationObject>>;
  components: { schemas: Record<string, Schema> };
}

interface OperationObject {
  operationId: string;
  summary: string;
  description?: string;
  parameters?: Parameter[];
  responses: Record<string, { description: string; content?: Record<string, { schema?: Schema }> }>;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: Schema;
}

/** The part of a JSON Schema that our own document uses. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  minimum?: number;
  maximum?: number;
}

/** One route, as a reader looks it up. */
export interface Operation extends Pick<OperationObject, "operationId" | "summary" | "description"> {
  method: string;
  path: string;
  parameters: Parameter[];
  /** By status, with the type of what is sent; problems are left out, because every route may answer with one. */
  answers: { status: string; media: string; type: string }[];
  /** The route's own URL, where it can be opened as it is. */
  opens: string | undefined;
}

/** A document's routes, those of one subject together, in the document's order. */
export function operationsOf({ paths }: ApiDocument): Map<string, Operation[]> {
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => read(method, path, operation)),
  );
  return Map.groupBy(all, ({ path }) => subjectOf(path));
}

const subjectOf = (path: string): string => /^\/v1\/([a-z]+)/.exec(path)?.[1] ?? "server";

function read(method: string, path: string, operation: OperationObject): Operation {
  const { operationId, summary, description, parameters = [], responses } = operation;
  const answers = Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .flatMap(([status, { content = {} }]) =>
      Object.entries(content).map(([media, { schema = {} }]) => ({ status, media, type: typeOf(schema) })),
    );
  const opens = method === "get" && !parameters.some(({ required }) => required) ? path : undefined;
  return {
    ...{ operationId, summary, method: method.toUpperCase(), path, parameters, answers, opens },
    ...(description !== undefined && { description }),
  };
}

/** A schema in words: a type's name, or what a value looks like. */
export function typeOf(schema: Schema): string {
  const { $ref, type, items, anyOf, oneOf, properties, additionalProperties } = schema;
  if ($ref !== undefined) return $ref.slice($ref.lastIndexOf("/") + 1);
  const choices = anyOf ?? oneOf;
  if (choices) return choices.map(typeOf).join(" or ");
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  if (type === "array") return items ? `list of ${typeOf(items)}` : "list";
  if (properties)
    return `{ ${fieldsOf(schema)
      .map(({ name, type }) => `${name}: ${type}`)
      .join(", ")} }`;
  if (typeof additionalProperties === "object") return `map to ${typeOf(additionalProperties)}`;
  return `${type ?? "anything"}${/^(integer|number)$/.test(type ?? "") ? rangeOf(schema) : ""}`;
}

/** An object's fields with their types; those that may be missing have a question mark. */
export const fieldsOf = ({ properties = {}, required = [] }: Schema) =>
  Object.entries(properties).map(([name, schema]) => ({
    ...{ name: required.includes(name) ? name : `${name}?`, type: typeOf(schema) },
    ...(schema.description !== undefined && { description: schema.description }),
  }));

// The generator writes the greatest safe integer where there is no bound.
function rangeOf({ minimum, maximum }: Schema): string {
  const [least, most] = [minimum, maximum].map((bound) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? String(bound) : undefined,
  );
  if (least === undefined) return most === undefined ? "" : `, at most ${most}`;
  return most === undefined ? (least === "0" ? "" : `, at least ${least}`) : `, ${least} to ${most}`;
}
