import { type Hex, sha256 } from "viem";
import { type Client, type ModelPublication, readModel, readRows } from "../sdk/client.ts";
import { ZERO_HASH } from "../sdk/commitments.ts";
import { cidOfSha256, WrongHashError } from "../sdk/content.ts";
import { decodeLayout, decodeRows, type Layout, type Row } from "../sdk/layouts.ts";
import { canonicalOnnx } from "./canonical.ts";
import { type ContentReader, UnavailableError } from "./content.ts";
import { HostLimitError, InvalidModelError, isOfEngine, messageOf, unrunnable } from "./failures.ts";
import { fileFromRows } from "./graphModel/rows.ts";
import type { PublishedModel } from "./model.ts";
import type { ModelOpener } from "./opener.ts";
import { RUNTIME_ID } from "./pinned.ts";
import type { InferenceSession } from "./runtime.ts";

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
   * Throws {@link UnavailableError} when the file is unavailable, is for another runtime or is too much for this machine,
   * an `InvalidModelError` when no machine can run it.
   */
  open(modelId: Hex): Promise<OpenModel>;
}

export interface ModelsOptions {
  /** Most models that are kept; defaults to 8. */
  most?: number;
}

/** A model has no file: only the enclave that its name holds can run it. */
export class NoFileError extends UnavailableError {
  override name = "NoFileError";

  constructor(modelId: Hex) {
    super(`Model ${modelId} has no file: only the enclave that its name holds can run it.`);
  }
}

const MOST_REFUSALS = 1024;

/**
 * Opens each model once and keeps it until others take its place. Its file is fetched by its CID and hashed again; an
 * integer model's is built from the chain, so that nobody has to serve it.
 */
export function openModels(
  client: Client,
  content: ContentReader,
  opener: ModelOpener,
  { most = 8 }: ModelsOptions = {},
): Models {
  // In the order in which they were used last.
  const opened = new Map<Hex, Promise<OpenModel>>();
  // What there is no running of anywhere stays so.
  const refused = new Map<Hex, InvalidModelError>();

  const load = async (modelId: Hex): Promise<OpenModel> => {
    const publication = await readModel(client, modelId);
    if (publication.artifactHash === ZERO_HASH) throw new NoFileError(modelId);
    if (publication.runtimeId !== RUNTIME_ID)
      throw new UnavailableError(`Model ${modelId} runs on runtime ${publication.runtimeId}; this is ${RUNTIME_ID}.`);
    return { publication, ...(await opener.open(publication, await artifactOf(client, publication, content))) };
  };

  return {
    open(modelId) {
      const refusal = refused.get(modelId);
      if (refusal) return Promise.reject(refusal);
      const found = opened.get(modelId) ?? load(modelId);
      opened.delete(modelId);
      opened.set(modelId, found);
      for (const oldest of [...opened.keys()].slice(0, -most)) opened.delete(oldest);
      found.catch((error: unknown) => {
        // A file that is missing now may be found later.
        if (opened.get(modelId) === found) opened.delete(modelId);
        if (!(error instanceof InvalidModelError)) return;
        refused.set(modelId, error);
        for (const oldest of [...refused.keys()].slice(0, -MOST_REFUSALS)) refused.delete(oldest);
      });
      return found;
    },
  };
}

/**
 * A published model's file: an integer model's from the chain alone, any other's by its CID; a graph model's that isn't
 * found so is made of its rows, if they are on chain. Throws an {@link UnavailableError} where it can't be had.
 */
export async function artifactOf(
  client: Client,
  publication: ModelPublication,
  content: ContentReader,
): Promise<Uint8Array> {
  const made = rebuilt(publication);
  if (made) return made;
  try {
    return await content.get(cidOfSha256(publication.artifactHash));
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    const layout = decodeLayout(publication.layout);
    const rows = layout.graph ? await readRows(client, publication.modelId) : [];
    // Nothing of it is on chain: then that it isn't served says more.
    if (rows.length === 0) throw error;
    return fileFromRows(layout, rows);
  }
}

/** An integer model's file, from the chain alone; undefined for a float model. Throws if layout and rows don't make one. */
function rebuilt({ modelId, layout: bytes, rows, artifactHash }: PublishedModel): Uint8Array | undefined {
  if (rows.length === 0) return undefined;
  let artifact: Uint8Array;
  try {
    const layout = decodeLayout(bytes);
    artifact = canonicalOnnx(layout, decodeRows(layout.widths, rows));
  } catch (error) {
    throw isOfEngine(error) ? new HostLimitError(messageOf(error)) : unrunnable(modelId, error as Error);
  }
  const found = sha256(artifact);
  if (found === artifactHash) return artifact;
  const message = `its layout and rows make a file with the sha256 ${found}; it names ${artifactHash}.`;
  throw unrunnable(modelId, { message, cause: new WrongHashError(message, artifactHash, found) });
}
