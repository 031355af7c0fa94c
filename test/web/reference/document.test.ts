import { expect } from "chai";
import { fieldsOf, operationsOf, type Schema, typeOf } from "../../../web/reference/document.ts";

describe("the API's page reads a document", () => {
  const cases: [Schema, string][] = [
    [{ $ref: "#/components/schemas/Receipt" }, "Receipt"],
    [{ type: "array", items: { $ref: "#/components/schemas/Receipt" } }, "list of Receipt"],
    [{ anyOf: [{ type: "string" }, { type: "null" }] }, "string or null"],
    [{ type: ["string", "null"] }, "string or null"],
    [{ type: ["integer", "null"], minimum: 0, maximum: 9 }, "integer, 0 to 9 or null"],
    [{ type: "integer", minimum: 1, maximum: 100 }, "integer, 1 to 100"],
    [{ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, "integer"],
    [{ type: "string", enum: ["open", "settled"] }, '"open" or "settled"'],
    [{ const: "ok" }, '"ok"'],
    [{ type: "object", properties: { a: { type: "string" }, b: {} }, required: ["a"] }, "{ a: string, b?: anything }"],
    [{ type: "object", additionalProperties: { type: "string" } }, "map to string"],
    [{}, "anything"],
  ];
  for (const [schema, words] of cases) it(`says "${words}"`, () => expect(typeOf(schema)).to.equal(words));

  it("lists an object's fields, and which may be missing", () => {
    const schema = {
      properties: { a: { type: "string", description: "Said." }, b: { type: "null" } },
      required: ["a"],
    };
    expect(fieldsOf(schema)).to.deep.equal([
      { name: "a", type: "string", description: "Said." },
      { name: "b?", type: "null" },
    ]);
  });

  it("puts the routes of a subject together, and leaves problems out", () => {
    const responses = {
      200: { description: "", content: { "application/json": { schema: { type: "string" } } } },
      404: { description: "Not Found" },
      default: { description: "Any other problem" },
    };
    const route = (operationId: string) => ({ get: { operationId, summary: operationId, responses } });
    const season = { name: "seasonId", in: "path", required: true, schema: { type: "string" } };
    const groups = operationsOf({
      ...{ info: { description: "" }, components: { schemas: {} } },
      paths: {
        "/v1/seasons": route("listSeasons"),
        "/v1/models": route("listModels"),
        "/v1/seasons/{seasonId}": { get: { ...route("getSeason").get, parameters: [season] } },
        "/healthz": route("getHealth"),
      },
    });
    const names = [...groups].map(([subject, all]) => [subject, all.map(({ operationId }) => operationId)]);
    expect(names).to.deep.equal([
      ["seasons", ["listSeasons", "getSeason"]],
      ["models", ["listModels"]],
      ["server", ["getHealth"]],
    ]);
    const [list, one] = groups.get("seasons") ?? [];
    expect([list?.opens, one?.opens]).to.deep.equal(["/v1/seasons", undefined]);
    expect(list?.answers).to.deep.equal([{ status: "200", media: "application/json", type: "string" }]);
  });
});
