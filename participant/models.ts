import type { ContentReader } from "../inference/content.ts";
import { type Models, openModels } from "../inference/models.ts";
import type { Client } from "../sdk/client.ts";
import { openBounded } from "./runtime.ts";

/** Models in two lanes, so that no duty for a unit waits for a stranger's model. */
export interface ModelLanes {
  /** Those of seasons' tasks. */
  models: Models;
  /** Those that only free attestations name: one at a time. */
  strangers: Models;
}

/** Opens models for who works: each in a thread of its own, within limits on time and memory. To be closed. */
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

/** Opens models for as long as `use` takes, likewise. */
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
