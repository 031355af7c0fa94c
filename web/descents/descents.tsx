import { operatorNames } from "../../sdk/graphs.ts";
import { decodeLayout } from "../../sdk/layouts.ts";
import { partOf } from "../../sdk/methods/index.ts";
import type { Attestation } from "../../sdk/wire.ts";
import { useChain } from "../chain.ts";
import type { DescentsOf } from "../methods/method.ts";
import { load } from "../part.ts";
import { descents } from "./methods.ts";
import { Ways } from "./ways.tsx";

/** Each challenge of an attestation as a way down, from the whole to one number; nothing where there is none. */
export default function Descents({ attestation }: { attestation: Attestation }) {
  const read = partOf<DescentsOf>(descents, attestation.method.id);
  const isDisputed = (read?.(attestation, []).length ?? 0) > 0;
  const { modelId } = attestation;
  const { data: kinds = [] } = useChain(isDisputed ? `kinds/${modelId}` : undefined, async (client) => {
    const { readModel } = await load(() => import("../../sdk/client.ts"));
    const { graph = [] } = decodeLayout((await readModel(client, modelId)).layout);
    return graph.map(({ kind }) => operatorNames[kind]);
  });
  return isDisputed && read ? <Ways all={read(attestation, kinds)} season={attestation.unit?.seasonId} /> : null;
}
