import { useQuery } from "@tanstack/react-query";
import type { Hex } from "viem";
import type { Tensor } from "../../inference/tensors.ts";
import { holdsText } from "../../sdk/text.ts";
import type { Attestation } from "../../sdk/wire.ts";
import { cardOf } from "../cards/known.ts";
import { ModelText } from "../components/modelText.tsx";
import { server } from "../prefix.ts";
import { fetchTensor } from "./fetchTensor.ts";

/** The texts that an attestation is about, as far as they are open and this server keeps them; each is found by its hash. */
export function Texts({
  attestation: { modelId, inputHash, outputHash },
}: {
  attestation: Pick<Attestation, "modelId" | "inputHash" | "outputHash">;
}) {
  const card = cardOf(modelId);
  const mayBe = card === undefined || card.text !== undefined;
  const read = useText(mayBe ? inputHash : null);
  const written = useText(mayBe ? outputHash : null);
  if (!read && !written) return null;
  return (
    <p>
      The prover says that the model {read && <>read {<ModelText tensor={read} />}</>}
      {read && written && " and "}
      {written && <>wrote {<ModelText tensor={written} />}</>}.
    </p>
  );
}

function useText(hash: Hex | null): Tensor | undefined {
  const { data } = useQuery({
    queryKey: ["text", hash],
    queryFn: () => fetchTensor(server(), hash as Hex),
    enabled: hash !== null,
    ...{ retry: false, staleTime: Number.POSITIVE_INFINITY },
  });
  return data && holdsText(data.spec) ? data : undefined;
}
