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
   * Throws an `InvalidModelError` for what follows from the bytes alone, an `UnavailableError` for what this host can't.
   */
  open(model: PublishedModel, artifact: Uint8Array): Promise<OpenedModel>;
}

/** Runs models in this very thread: for a worker of its own, which can be ended, or for models of one's own. */
export const openHere = (runtime: InferenceRuntime): ModelOpener => ({
  async open(model, artifact) {
    const checked = checkModel(model, artifact);
    return { ...checked, session: await runtime.open(artifact, checked.layout) };
  },
});
