import { hexToBytes } from "viem";
import { z } from "zod";
import { hashTensor, type Tensor } from "../../inference/tensors.ts";
import { withModels } from "../../participant/models.ts";
import { fetchApi } from "../../sdk/api.ts";
import { readModel } from "../../sdk/client.ts";
import { decodeLayout, INT8, type TensorSpec, tensorBytes, UINT8 } from "../../sdk/layouts.ts";
import type { Seasons } from "../../sdk/wire.ts";
import type { Invocation } from "../command.ts";
import { audit } from "../commands/audit.ts";
import { listCommand } from "../commands/model/list.ts";
import { rank } from "../commands/rank.ts";
import { showRequest } from "../commands/request/show.ts";
import { verify } from "../commands/verify.ts";
import { parseModel } from "../modelNames.ts";
import { openConnection, openSettingsContent } from "../settings.ts";
import { tensorJson } from "../tensors.ts";
import { UsageError } from "../usage.ts";
import { type AnyTool, defineTool, invocationOf } from "./tool.ts";

const hash = z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be 0x and 64 hex digits");
export const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be 0x and 40 hex digits");
export const model = z.string().min(1).max(66).describe("a model's id, or the name on its card");
export const elements = z
  .array(z.number().int().min(-128).max(255))
  .max(32_768)
  .describe("the input's elements, for a model whose input is int8 or uint8")
  .optional();
export const bytes = z
  .string()
  .regex(/^0x([0-9a-fA-F]{2})*$/, "must be 0x and pairs of hex digits")
  .max(2 + 2 * 32_768)
  .describe("instead of elements: the input's raw little-endian bytes, as hex")
  .optional();
const season = z.number().int().min(1).max(16_777_215);

/** The input's raw bytes, as they were given. */
export function inputBytes(
  spec: TensorSpec,
  given: { elements?: number[] | undefined; bytes?: string | undefined },
): Uint8Array {
  if ((given.elements === undefined) === (given.bytes === undefined))
    throw new UsageError("The input needs either elements or bytes.");
  const [least, most] = spec.dtype === INT8 ? [-128, 127] : spec.dtype === UINT8 ? [0, 255] : [1, 0];
  if (given.elements !== undefined && least > most)
    throw new UsageError(`Elements of "${spec.name}" are wider than a byte: give the input as bytes.`);
  const wrong = given.elements?.find((each) => each < least || each > most);
  if (wrong !== undefined)
    throw new UsageError(`elements holds ${wrong}; each is a whole number from ${least} to ${most}.`);
  const data = given.elements
    ? Uint8Array.from(given.elements, (each) => each & 255)
    : hexToBytes(given.bytes as `0x${string}`);
  if (data.length !== tensorBytes(spec))
    throw new UsageError(`The input has ${data.length} bytes; the model's "${spec.name}" takes ${tensorBytes(spec)}.`);
  return data;
}

/** The tools that only read. */
export function readingTools(context: Pick<Invocation, "settings" | "progress">): Record<string, AnyTool> {
  const { settings } = context;
  return {
    list_models: defineTool({
      title: "List models",
      description: "The published models, read from the chain: ids, shapes, and names where this checkout has a card.",
      input: {},
      run: async () => (await listCommand.run(invocationOf(context, []))).json,
    }),
    list_seasons: defineTool({
      title: "List seasons",
      description:
        "The seasons that were opened, newest first, as the API tells them. Titles are their organisers' words.",
      input: {},
      run: async (_, { signal }) => await fetchApi<Seasons>(settings.api, "/v1/seasons", signal),
    }),
    run_model: defineTool({
      title: "Run a model here",
      description:
        "Runs a published model on this machine, on the pinned runtime. Nothing is sent, and nothing is proven to others.",
      input: { model, elements, bytes },
      async run(given) {
        const modelId = await parseModel(given.model);
        const { client } = await openConnection(settings);
        const { input: spec } = decodeLayout((await readModel(client, modelId)).layout);
        const input: Tensor = { spec, data: inputBytes(spec, given) };
        const output = await withModels(client, openSettingsContent(settings), async (models): Promise<Tensor> => {
          const { layout, session } = await models.open(modelId);
          return { spec: layout.output, data: await session.run(input.data) };
        });
        const hashes = { inputHash: hashTensor(input), outputHash: hashTensor(output) };
        return { modelId, ...hashes, output: tensorJson(output) };
      },
    }),
    verify_attestation: defineTool({
      title: "Verify an attestation",
      description:
        "Checks an attestation or batch by running it again on this machine; says what is proven and what is not.",
      input: {
        uid: hash.describe("the attestation's name"),
        unit: z.number().int().min(0).describe("one unit of a batch, by its number in its task").optional(),
      },
      run: async ({ uid, unit }) => (await verify.run(invocationOf(context, [uid], { unit: unit?.toString() }))).json,
    }),
    rank: defineTool({
      title: "Standings",
      description: "A season's standings as the API tells them, or one account's and its neighbours'.",
      input: {
        season: season.describe("defaults to the newest").optional(),
        account: address.optional(),
        limit: z.number().int().min(1).max(100).describe("most rows; defaults to 20").optional(),
      },
      async run({ season: wanted, account, limit }) {
        if (account !== undefined && wanted === undefined) throw new UsageError("An account's rank needs a season.");
        const positionals = [wanted?.toString(), account].filter((each) => each !== undefined);
        return (await rank.run(invocationOf(context, positionals, { limit: limit?.toString() }))).json;
      },
    }),
    audit_summary: defineTool({
      title: "Audit a season",
      description:
        "Recomputes a season from the chain alone and compares the API with it; says what differs and what wasn't checked.",
      input: { season },
      async run({ season: wanted }) {
        const { json } = await audit.run(invocationOf(context, [String(wanted)]));
        const { standings, ...summary } = json as { standings: unknown[] };
        return { ...summary, accounts: standings.length };
      },
    }),
    show_request: defineTool({
      title: "Show a request",
      description: "A request for an inference, what became of it, and its answer: what is proven of it and what not.",
      input: { request: hash.describe("the request's id") },
      run: async ({ request }) => (await showRequest.run(invocationOf(context, [request]))).json,
    }),
  };
}
