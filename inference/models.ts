import type { Hex } from "viem";
import { type Client, type ModelPublication, readModel } from "../sdk/client.ts";
import { cidOfSha256 } from "../sdk/content.ts";
import type { Layout, Row } from "../sdk/layouts.ts";
import { type ContentReader, UnavailableError } from "./content.ts";
import { checkModel } from "./model.ts";
import { RUNTIME_ID } from "./pinned.ts";
import type { InferenceRuntime, InferenceSession } from "./runtime.ts";

/** A published model, ready to run. */
export interface OpenModel {
  publication: ModelPublication;
  layout: Layout;
  /** An integer model's rows by layer; empty for a float model. */
  layers: Row[][];
  session: Pick<InferenceSession, "run">;
}

/** Opens published models by name. */
export interface Models {
  /**
   * Throws {@link UnavailableError} when the file can't be found or is for another runtime, {@link InvalidModelError}
   * when it can't run.
   */
  open(modelId: Hex): Promise<OpenModel>;
}

/** A model's parts disagree with each other or with its file, or the file doesn't load. */
export class InvalidModelError extends Error {
  override name = "InvalidModelError";
}

/** Fetches each model's file by its CID, checks it against `ModelPublished`, loads it once and keeps it loaded. */
export function openModels(client: Client, content: ContentReader, runtime: InferenceRuntime): Models {
  const opened = new Map<Hex, Promise<OpenModel>>();

  const load = async (modelId: Hex): Promise<OpenModel> => {
    const publication = await readModel(client, modelId);
    if (publication.runtimeId !== RUNTIME_ID)
      throw new UnavailableError(`Model ${modelId} runs on runtime ${publication.runtimeId}; this is ${RUNTIME_ID}.`);
    const artifact = await content.get(cidOfSha256(publication.artifactHash));
    try {
      const { layout, layers } = checkModel(publication, artifact);
      return { publication, layout, layers, session: await runtime.open(artifact, layout) };
    } catch (error) {
      throw new InvalidModelError(`Model ${modelId} can't be run: ${(error as Error).message}`, { cause: error });
    }
  };

  return {
    open(modelId) {
      const found = opened.get(modelId) ?? load(modelId);
      opened.set(modelId, found);
      // A file that is missing now may be there later.
      found.catch(() => opened.delete(modelId));
      return found;
    },
  };
}
