import type { Hex } from "viem";
import type { ModelFiles } from "../../inference/check.ts";
import type { ContentReader } from "../../inference/content.ts";
import { messageOf } from "../../inference/failures.ts";
import { nameModel, type PublishedModel } from "../../inference/model.ts";
import { artifactOf } from "../../inference/models.ts";
import { type Client, readModels } from "../../sdk/client.ts";
import { knownMethods } from "../../sdk/methods/index.ts";
import type { FileTask, SeasonFile } from "./file.ts";
import type { TaskDraft } from "./send.ts";

/** A model's files, with what its publisher says. */
export interface TaskModel extends ModelFiles {
  /** The model card's bytes. */
  card: Uint8Array | undefined;
}

/** Reads what a season file names, from where the file is; each throws a sentence. */
export interface SeasonReader {
  model(directory: string): Promise<TaskModel>;
  inputs(file: string): Promise<Uint8Array>;
}

/** A task with all that could be found of it. */
export interface FoundTask {
  line: FileTask;
  /** A sentence for each thing that is missing. */
  problems: string[];
  /** Undefined where the model's file can't be had. */
  files: TaskModel | undefined;
  /** Undefined where there is no model that could be named. */
  model: PublishedModel | undefined;
  isPublished: boolean;
  /** Undefined where something is missing. */
  draft: TaskDraft | undefined;
}

/** Finds the tasks' models, on the chain or beside the file, and their base inputs. */
export async function findTasks(
  client: Client,
  content: ContentReader,
  { tasks }: SeasonFile,
  reader: SeasonReader,
): Promise<FoundTask[]> {
  const published = new Map((await readModels(client)).map((model) => [model.modelId, model]));
  const find = async (line: FileTask): Promise<FoundTask> => {
    const problems: string[] = [];
    /** What `work` gives; undefined where it throws. */
    const attempt = <T>(work: () => T | Promise<T>): Promise<T | undefined> =>
      Promise.resolve()
        .then(work)
        .catch((error: unknown) => void problems.push(messageOf(error)));
    let files: TaskModel | undefined;
    let model: PublishedModel | undefined;
    if ("directory" in line.model) {
      const { directory } = line.model;
      files = await attempt(() => reader.model(directory));
      const { artifact, layout, rows } = files ?? {};
      if (files !== undefined && layout === undefined) problems.push(`"${directory}" has no layout.bin.`);
      if (artifact && layout && rows) model = await attempt(() => nameModel(artifact, layout, rows, files));
    } else {
      const publication = published.get(line.model.modelId);
      if (publication === undefined) problems.push(`No model ${line.model.modelId} has been published.`);
      else {
        model = publication;
        const artifact = await attempt(() => artifactOf(client, publication, content));
        if (artifact) files = { ...publication, artifact, card: undefined };
      }
    }
    const file = line.inputs;
    const inputs = file === undefined ? files?.inputs : await attempt(() => reader.inputs(file));
    if (inputs === undefined && file === undefined && files !== undefined)
      problems.push(
        "directory" in line.model
          ? `"${line.model.directory}" has no inputs.bin, and the task names no inputs.`
          : "The task names no inputs: a model by its id needs a file of them.",
      );
    const method = methodNumber(line.method);
    if (method === undefined)
      problems.push(
        `"${line.method}" is no method; there are ${knownMethods()
          .map(([, { name }]) => name)
          .join(", ")}.`,
      );
    const { points, unitsPerAccount, noise } = line;
    const draft =
      model && inputs && method !== undefined ? { model, method, points, unitsPerAccount, noise, inputs } : undefined;
    const isPublished = model !== undefined && published.has(model.modelId as Hex);
    return { line, problems, files: files && { ...files, inputs }, model, isPublished, draft };
  };
  return Promise.all(tasks.map(find));
}

const methodNumber = (given: string): number | undefined =>
  knownMethods().find(([, { name }]) => name.toLowerCase() === given.toLowerCase())?.[1].id;
