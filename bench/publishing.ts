import { rowChunks } from "../inference/graphModel/rows.ts";
import { encodeLayout } from "../sdk/layouts.ts";
import { publication } from "../test/contracts/fixtures.ts";
import { languageModel } from "./graph.ts";
import type { Gas } from "./methods/method.ts";
import { gasOf, type Site } from "./site.ts";

/** Publishing a language model of the graph profile, and putting the largest chunk of its parameter rows on chain. */
export async function measurePublishing({ models }: Site): Promise<Gas> {
  const { layout, parameters } = languageModel();
  const graph = encodeLayout(layout);
  const parts = [publication, graph, "0x", ""] as const;
  const modelId = await models.publish.staticCall(...parts);
  const published = await models.publish(...parts);
  const [chunk] = rowChunks(layout, parameters, []).sort((a, b) => b.rows.length - a.rows.length);
  if (!chunk) throw new Error("The model has no parameter rows.");
  const rows = await gasOf(await models.publishRows(modelId, graph, { ...chunk, proof: [...chunk.proof] }));
  return {
    "publish-graph": await gasOf(published),
    "publish-rows-chunk": rows,
    "publish-rows-per-kib": Math.round((1024 * rows) / chunk.rows.length),
  };
}
