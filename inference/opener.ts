import { HostLimitError, InvalidModelError, isOfEngine, messageOf, unrunnable } from "./failures.ts";
import { fileLayout } from "./graphModel/file.ts";
import { generating } from "./graphModel/generating.ts";
import { type CheckedModel, checkModel, type PublishedModel } from "./model.ts";
import type { InferenceRuntime, InferenceSession } from "./runtime.ts";

/** A model that was checked and can run. */
export interface OpenedModel extends CheckedModel {
  session: InferenceSession;
}

/** Makes published models run. */
export interface ModelOpener {
  /**
   * Checks that the model's parts agree with its file and that its graph is one that runs at all, and loads it.
   *
   * Throws an {@link InvalidModelError} for what follows from the bytes alone, an `UnavailableError` for what this host
   * can't.
   */
  open(model: PublishedModel, artifact: Uint8Array): Promise<OpenedModel>;
}

/**
 * Checks a model and loads it into a runtime of this thread; throws as {@link ModelOpener.open} does.
 *
 * @param runtime Asked for only when the parts agree and the graph may run.
 */
export async function openChecked(
  runtime: () => Promise<InferenceRuntime>,
  model: PublishedModel,
  artifact: Uint8Array,
): Promise<OpenedModel> {
  let checked: CheckedModel;
  try {
    checked = checkModel(model, artifact);
  } catch (cause) {
    throw isOfEngine(cause)
      ? new HostLimitError(messageOf(cause), { cause })
      : new InvalidModelError(messageOf(cause), { cause });
  }
  const session = await (await loaded(runtime)).open(artifact, fileLayout(checked.layout));
  return { ...checked, session: generating(checked, session) };
}

/** A runtime that can't be had, or is another file than the pinned one, says nothing of a model. */
const loaded = (runtime: () => Promise<InferenceRuntime>): Promise<InferenceRuntime> =>
  runtime().catch((cause: unknown) => {
    throw new HostLimitError(messageOf(cause), { cause });
  });

/** Runs models in this very thread: for a worker of its own, which can be ended, or for models of one's own. */
export const openHere = (runtime: InferenceRuntime | (() => Promise<InferenceRuntime>)): ModelOpener => ({
  async open(model, artifact) {
    try {
      return await openChecked(typeof runtime === "function" ? runtime : async () => runtime, model, artifact);
    } catch (error) {
      throw error instanceof InvalidModelError ? unrunnable(model.modelId, error) : error;
    }
  },
});
