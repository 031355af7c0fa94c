import { rowChunks } from "../inference/graphModel/rows.ts";
import { checkModel } from "../inference/model.ts";
import { readModel } from "../models/read.ts";
import { publication } from "../test/contracts/fixtures.ts";
import type { Gas } from "./methods/method.ts";
import { gasOf, type Site } from "./site.ts";

/** Publishing the language model, and putting the largest chunk of its parameter rows on chain. */
export async function measurePublishing({ models }: Site): Promise<Gas> {
  const { model, artifact, layout: graph } = await readModel("story");
  const { layout, parameters = [] } = checkModel(model, artifact);
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
