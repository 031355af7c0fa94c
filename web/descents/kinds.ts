import type { Hex } from "viem";
import { operatorKinds } from "../../inference/operators/index.ts";
import { type Client, readModel } from "../../sdk/client.ts";
import { decodeLayout } from "../../sdk/layouts.ts";

/** What the operators of a published graph model are called, in order; empty for any other model. */
export async function readKinds(client: Client, modelId: Hex): Promise<(string | undefined)[]> {
  const { graph = [] } = decodeLayout((await readModel(client, modelId)).layout);
  return graph.map(({ kind }) => operatorKinds[kind]?.name);
}
