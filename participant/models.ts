import type { ContentReader } from "../inference/content.ts";
import { type Models, openModels } from "../inference/models.ts";
import type { Client } from "../sdk/client.ts";
import { openBounded } from "./runtime.ts";

/** Models in two lanes, so that no work on a unit waits for the model of a free attestation. */
export interface ModelLanes {
  /** Those of seasons' tasks. */
  models: Models;
  /** Those that only free attestations name: one at a time. */
  strangers: Models;
}

/** Opens the models of a participant, each in its own thread, within limits on time and memory. Must be closed. */
export async function openLanes(client: Client, content: ContentReader): Promise<ModelLanes & { close(): void }> {
  const [tasks, free] = [await openBounded(), await openBounded({ most: 1 })];
  return {
    models: openModels(client, content, tasks),
    strangers: openModels(client, content, free, { most: 1 }),
    close() {
      tasks.close();
      free.close();
    },
  };
}

/** Opens models in the same way for as long as `use` takes. */
export async function withModels<T>(
  client: Client,
  content: ContentReader,
  use: (models: Models) => Promise<T>,
): Promise<T> {
  const opener = await openBounded();
  try {
    return await use(openModels(client, content, opener));
  } finally {
    opener.close();
  }
}
