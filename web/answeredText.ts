import { useQuery } from "@tanstack/react-query";
import type { Hex } from "viem";
import type { Tensor } from "../inference/tensors.ts";
import { holdsText } from "../sdk/text.ts";
import type { Attestation } from "../sdk/wire.ts";
import { useModel } from "./api.ts";
import { load } from "./part.ts";
import { server } from "./prefix.ts";

/**
 * The text that an attestation's prover answered, found by its hash: where the model writes text, the answer is open and this
 * server keeps it. Undefined otherwise, and while it isn't known.
 */
export function useAnsweredText({
  modelId,
  outputHash,
}: Pick<Attestation, "modelId" | "outputHash">): Tensor | undefined {
  const output = useModel(modelId).data?.item.layout?.output;
  const isText = output !== undefined && holdsText(output);
  const { data } = useQuery({
    queryKey: ["answered text", outputHash],
    queryFn: async () => (await load(() => import("./fetchTensor.ts"))).fetchTensor(server(), outputHash as Hex),
    enabled: isText && outputHash !== null,
    ...{ retry: false, staleTime: Number.POSITIVE_INFINITY },
  });
  return data && holdsText(data.spec) ? data : undefined;
}
