import type { Season, Task } from "../../sdk/wire.ts";

/** A part of a season that has standings of its own. */
export interface Part {
  /** As the page's address names it. */
  name: string;
  label: string;
  /** Within the season's route of the API. */
  path: string;
  modelId: Task["modelId"];
  /** What a verified unit earns its prover; undefined where tasks differ in that. */
  points: bigint | undefined;
}

/** A season's tasks, in order, and its models, in the order of their first tasks. `named` says how a model is called. */
export function partsOf({ tasks }: Pick<Season, "tasks">, named: (modelId: Task["modelId"]) => string): Part[] {
  const ofTasks = tasks.map(
    ({ taskId, modelId, method, points }): Part => ({
      ...{ name: `task-${taskId}`, path: `tasks/${taskId}`, modelId, points: BigInt(points) },
      label: `task ${taskId} (${named(modelId)}, ${method.name})`,
    }),
  );
  const ofModels = [...Map.groupBy(tasks, ({ modelId }) => modelId)].map(([modelId, own]): Part => {
    const points = new Set(own.map((task) => task.points));
    return {
      ...{ name: `model-${modelId}`, path: `models/${modelId}`, modelId },
      label: `the model ${named(modelId)}`,
      points: points.size === 1 ? BigInt([...points][0] as string) : undefined,
    };
  });
  return [...ofTasks, ...ofModels];
}

/** The part that an address names, else the first; undefined in a season without tasks. */
export const partIn = (parts: readonly Part[], name: string | null): Part | undefined =>
  parts.find((part) => part.name === name) ?? parts[0];
