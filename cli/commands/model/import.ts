import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { cardOf } from "../../../inference/card.ts";
import { type ImportedModel, importModel } from "../../../inference/import/import.ts";
import type { Quality } from "../../../inference/import/measure.ts";
import { ImportError } from "../../../inference/import/source.ts";
import { openBounded } from "../../../participant/runtime.ts";
import type { Command } from "../../command.ts";
import { grouped, quoted, wrap } from "../../format.ts";
import { readOne, writeModelFiles } from "../../modelFiles.ts";
import { readLabels, readSamples } from "../../samples.ts";
import { UsageError } from "../../usage.ts";

export const importCommand: Command = {
  positionals: ["FILE.onnx"],
  summary: "make a model that a season can take of an ONNX file",
  details: `Reads what PyTorch, Keras, scikit-learn and ONNX Runtime's quantisers export. A network of dense layers becomes an integer model, calibrated on the samples, for FraudProof and Quorum; one of convolutions and pools, or of more weights than a publication takes, a graph model of integers, for Quorum; any other stays in floating point behind an int8 input, for Quorum. Says which and why, and how the answers on the samples changed. Writes a directory: model.onnx, layout.bin, rows.bin (integer), inputs.bin (samples as base inputs) and card.json. Nothing is sent.
JSON: directory, modelId, cid, profile, why, quality (samples, agreement, meanDifference, range, accuracyBefore, accuracy, errorBefore, error), inputCount, card.`,
  options: {
    samples: { value: "FILE", help: "inputs as the model takes them: .npy, .csv or .json, a sample a row; needed" },
    label: { value: "COLUMN", help: "the .csv's column of labels, by name or by number from 0" },
    labels: { value: "FILE", help: "labels of the samples: a .npy or .json" },
    output: { value: "NAME", help: "the output to keep, where the file has several" },
    profile: { value: "PROFILE", help: "integer, graph or float, where it shall not be chosen" },
    scales: { value: "SCALES", help: "each: a scale for each input element (tables); one: for all (images)" },
    out: { value: "DIR", help: "where the model's directory is written; defaults to here" },
    name: { value: "NAME", help: "the directory's name; defaults to the file's" },
    title: { value: "TEXT", help: "for the card: what the model is called" },
    task: { value: "TEXT", help: "for the card: what it is for, and what its outputs mean" },
    data: { value: "TEXT", help: "for the card: what it was trained on" },
    licence: { value: "TEXT", help: "for the card: on what terms it may be used, as in MIT" },
  },
  async run({ positionals: [file = ""], options }) {
    const { samples: samplesFile, out = ".", title, task, data, licence } = options;
    if (samplesFile === undefined)
      throw new UsageError("model import needs --samples FILE: inputs to calibrate the model on, and to measure it.");
    if (options.label !== undefined && options.labels !== undefined)
      throw new UsageError("Labels come either from --label COLUMN or from --labels FILE.");
    const profile = choiceOf("--profile", options.profile, ["integer", "graph", "float"]);
    const scales = choiceOf("--scales", options.scales, ["each", "one"]);
    const name = options.name ?? basename(file).replace(/\.onnx$/i, "");
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name))
      throw new UsageError(`The name "${name}" can't be a directory's here; give one of letters and digits by --name.`);
    const directory = join(out, name);
    if ((await readdir(directory).catch(() => [])).some((each) => !OWN.includes(each)))
      throw new UsageError(`"${directory}" holds other files; give another place by --out or --name.`);
    const artifact = await readOne(file, file);
    const { labels, classes, ...samples } = await readSamples(samplesFile, options.label);
    const given =
      options.labels === undefined
        ? labels
        : await readLabels(options.labels, samples.values.length / sizeOf(samples.shape));
    const opener = await openBounded();
    let imported: ImportedModel;
    try {
      imported = await importModel(
        artifact,
        { samples, labels: given, output: options.output, profile, scales },
        opener,
      );
    } catch (error) {
      throw error instanceof ImportError ? new ImportError(quoted(error.message)) : error;
    } finally {
      opener.close();
    }
    const claims = { name, title: title ?? name, task: task ?? null, data: data ?? null, licence: licence ?? null };
    const card = cardOf({ ...claims, labels: classes ?? null }, imported);
    await writeModelFiles(directory, imported, card);
    const open = (["task", "data", "licence"] as const).filter((each) => claims[each] === null);
    return {
      good: true,
      text: [
        `Model    ${imported.model.modelId}`,
        `Kind     ${wrap(`${imported.profile}. ${quoted(imported.why)}`, 9)}`,
        ...qualityLines(imported.quality).map((line, i) => `${i === 0 ? "Samples  " : "         "}${line}`),
        `Inputs   ${grouped(imported.inputCount)} base inputs of ${grouped(imported.inputs.length / imported.inputCount)} bytes`,
        `Written  ${directory}`,
        ...(open.length > 0
          ? [`The card doesn't say ${open.join(", ")}: fill them in in card.json, or give --${open.join(", --")}.`]
          : []),
      ].join("\n"),
      json: {
        ...{ directory, modelId: imported.model.modelId, cid: card.cid },
        ...{ profile: imported.profile, why: imported.why, quality: imported.quality },
        ...{ inputCount: imported.inputCount, card },
      },
    };
  },
};

/** What stands in a directory that was written before. */
const OWN = ["model.onnx", "layout.bin", "rows.bin", "inputs.bin", "card.json"];

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

function choiceOf<const T extends string>(
  what: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  const found = choices.find((each) => each === text);
  if (text !== undefined && found === undefined)
    throw new UsageError(`${what} is "${text}"; it must be ${choices.join(" or ")}.`);
  return found;
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** How the answers changed. */
function qualityLines(quality: Quality): string[] {
  const { samples, agreement, meanDifference, range, accuracy, accuracyBefore, error, errorBefore } = quality;
  return [
    `${grouped(samples)}: ${percent(agreement)} answered as before, outputs ${short(meanDifference)} away in the mean, of a range of ${short(range)}`,
    ...(accuracy === null || accuracyBefore === null
      ? []
      : [`right by their labels: ${percent(accuracyBefore)} before, ${percent(accuracy)} now`]),
    ...(error === null || errorBefore === null
      ? []
      : [`away from their labels: ${short(errorBefore)} before, ${short(error)} now`]),
  ];
}
