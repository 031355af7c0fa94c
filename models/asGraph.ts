import { GraphBuilder } from "../inference/graphModel/build.ts";
import { nameModel } from "../inference/model.ts";
import { decodeLayout, decodeRows, encodeLayout } from "../sdk/layouts.ts";
import type { CommittedModel } from "./read.ts";

/** An integer model as a graph model that gives the same: a `linear` operator a layer. It is another model, by its file. */
export function asGraph(integer: CommittedModel): CommittedModel {
  const { input, output, widths } = decodeLayout(integer.layout);
  const to = new GraphBuilder({ rows: 1, width: widths[0] as number });
  for (const [layer, rows] of decodeRows(widths, integer.rows).entries()) to.linear(layer, rows);
  const built = to.finish(input, output);
  const [layout, rows] = [encodeLayout(built.layout), new Uint8Array(0)];
  const model = nameModel(built.artifact, layout, rows);
  return { ...integer, name: `${integer.name} as a graph`, artifact: built.artifact, layout, rows, model };
}
