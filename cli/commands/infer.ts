import type { Address } from "viem";
import { hashTensor, type Tensor } from "../../inference/tensors.ts";
import { withModels } from "../../participant/models.ts";
import { type Client, readSeason, readTasks } from "../../sdk/client.ts";
import { unitSeed, ZERO_HASH } from "../../sdk/commitments.ts";
import { holdsText, shownText } from "../../sdk/text.ts";
import { unitInput } from "../../sdk/units.ts";
import type { Command } from "../command.ts";
import { parseModel } from "../modelNames.ts";
import { openConnection, openSettingsAccount, openSettingsContent } from "../settings.ts";
import { readInput, readPrompt, showTensor, tensorJson } from "../tensors.ts";
import { parseAddress, parseUnit, UsageError } from "../usage.ts";

export const infer: Command = {
  positionals: ["MODEL"],
  summary: "run a model here, on the pinned runtime",
  details: `MODEL is an id, or the name on its card. The file is fetched by its CID, re-hashed and checked against what was published. Give --input, --prompt where the model reads text, or --unit for the input that is assigned to an account's unit. A FILE named .json contains an array of numbers, any other raw little-endian bytes. What a language model writes is shown on a terminal while it is written.
JSON: modelId, inputHash, outputHash, input and output (name, dims, bytes, elements, text; elements is null where they are wider than a byte, text where the tensor's name doesn't say that it holds one).`,
  options: {
    input: { value: "FILE", help: "the input" },
    prompt: { value: "TEXT", help: "the input of a model that reads text: NULs go in front of a short one" },
    unit: { value: "SEASON/TASK/UNIT", help: "run on the unit's assigned input, as in 1/1/0" },
    account: { value: "A", help: "the unit's account; defaults to the key's" },
  },
  async run({ positionals: [name], options, settings, progress }) {
    const modelId = await parseModel(name as string);
    if (["input", "prompt", "unit"].filter((each) => options[each] !== undefined).length !== 1)
      throw new UsageError("infer needs one of --input FILE, --prompt TEXT and --unit SEASON/TASK/UNIT.");
    const unit = options.unit === undefined ? undefined : parseUnit(options.unit);
    const given = options.account === undefined ? undefined : parseAddress("--account", options.account);
    const { client } = await openConnection(settings);
    const account = unit && (given ?? (await openSettingsAccount(settings)).address);
    const { input, output } = await withModels(client, openSettingsContent(settings), async (models) => {
      const { layout, session } = await models.open(modelId);
      const data =
        unit && account
          ? await assigned(client, unit, account, modelId)
          : options.prompt === undefined
            ? await readInput(options.input as string, layout.input)
            : readPrompt(options.prompt, layout.input);
      const written: number[] = [];
      const onByte = (byte: number) => {
        written.push(byte);
        progress.write(shownText(Uint8Array.from(written)));
      };
      const ran: Record<"input" | "output", Tensor> = {
        input: { spec: layout.input, data },
        output: { spec: layout.output, data: await session.run(data, holdsText(layout.output) ? onByte : undefined) },
      };
      return ran;
    });
    const [inputHash, outputHash] = [hashTensor(input), hashTensor(output)];
    return {
      good: true,
      text: [
        `Model        ${modelId}`,
        `Input hash   ${inputHash}`,
        `Input        ${showTensor(input, 13)}`,
        `Output       ${showTensor(output, 13)}`,
        `Output hash  ${outputHash}`,
      ].join("\n"),
      json: { modelId, inputHash, outputHash, input: tensorJson(input), output: tensorJson(output) },
    };
  },
};

async function assigned(
  client: Client,
  { seasonId, taskId, unit }: ReturnType<typeof parseUnit>,
  account: Address,
  modelId: string,
): Promise<Uint8Array> {
  const { seed } = await readSeason(client, seasonId);
  const task = (await readTasks(client, seasonId)).find((each) => each.taskId === taskId);
  if (task === undefined) throw new Error(`Season ${seasonId} has no task ${taskId}.`);
  if (seed === ZERO_HASH) throw new Error(`Season ${seasonId} has no seed yet, so no input is assigned.`);
  if (unit >= BigInt(task.unitsPerAccount))
    throw new Error(`Task ${taskId} has no unit ${unit}: the units are 0 to ${task.unitsPerAccount - 1}.`);
  if (task.modelId !== modelId) throw new Error(`Task ${taskId} is about the model ${task.modelId}, not ${modelId}.`);
  return new Uint8Array(unitInput(unitSeed(seed, taskId, account, unit), task).buffer);
}
