import { readModels } from "../../../sdk/client.ts";
import { cidOfSha256 } from "../../../sdk/content.ts";
import { decodeLayout, type TensorSpec } from "../../../sdk/layouts.ts";
import type { Command } from "../../command.ts";
import { printable, wrap } from "../../format.ts";
import { readModelNames } from "../../modelNames.ts";
import { openConnection } from "../../settings.ts";

const types: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  13: "uint64",
};

export const listCommand: Command = {
  positionals: [],
  summary: "the published models",
  details: `Reads ModelPublished from the chain. A model's name comes from its card in models/, if it has one. Its CID is the address of its file.
JSON: models, each with modelId, name (or null), kind, widths, input, output, cid, artifactHash, publisher, uri.`,
  options: {},
  async run({ settings }) {
    const { client } = await openConnection(settings);
    const names = await readModelNames();
    const found = (await readModels(client)).map(({ modelId, artifactHash, publisher, uri, layout }) => {
      const { widths, graph, input, output } = decodeLayout(layout);
      const kind = graph ? "graph" : widths.length > 0 ? "integer" : "float";
      const name = names.get(modelId) ?? null;
      return {
        modelId,
        name,
        kind,
        widths,
        input,
        output,
        cid: cidOfSha256(artifactHash),
        artifactHash,
        publisher,
        uri,
      };
    });
    const blocks = found.map(({ modelId, name, kind, widths, input, output, cid }) =>
      [
        `${name ?? "(no card here)"}, ${kind}${widths.length > 0 ? `, ${widths.join("-")}` : ""}`,
        `  id     ${modelId}`,
        `  shape  ${wrap(`${describe(input)} → ${describe(output)}`, 9)}`,
        `  file   ${cid}`,
      ].join("\n"),
    );
    return {
      good: true,
      text: found.length === 0 ? "No model has been published yet." : blocks.join("\n\n"),
      json: { models: found },
    };
  },
};

const describe = ({ name, dtype, dims }: TensorSpec): string =>
  `${printable(name)} ${types[dtype]}[${dims.join(", ")}]`;
