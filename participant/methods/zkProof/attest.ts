import type { Hex } from "viem";
import type { ContentReader } from "../../../inference/content.ts";
import { encodeEvidence } from "../../../inference/methods/zkProof/evidence.ts";
import { buildOpen } from "../../../inference/openRun.ts";
import { callOf } from "../../../sdk/calls.ts";
import { type Client, contractOf } from "../../../sdk/client.ts";
import { attestationUid, ZERO_HASH } from "../../../sdk/commitments.ts";
import { zkProof } from "../../../sdk/methods/zkProof.ts";
import type { Answering } from "../method.ts";
import type { OnDoing } from "./child.ts";
import { type ProvingFiles, prove, readProvingFiles } from "./prove.ts";

/**
 * Attests runs with a proof: the answer is open and verified at once. A model's key and files are read once and kept.
 *
 * @param onDoing Told what is being done, as in "proving".
 */
export function createProofs(client: Client, content: ContentReader, onDoing: OnDoing = () => {}): Answering {
  const registry = client.contracts.attestationRegistry;
  const files = new Map<Hex, ProvingFiles>();
  const filesOf = async (modelId: Hex): Promise<ProvingFiles> => {
    const found = files.get(modelId) ?? (await readProvingFiles(client, content, modelId));
    files.set(modelId, found);
    return found;
  };

  return {
    seconds: async () => 0n,
    async prepare({ prover, model, input, context, salt }) {
      const { modelId } = model.publication;
      onDoing("fetching the model's keys");
      const proving = await filesOf(modelId);
      const output = await model.session.run(input);
      const run = { prover, method: zkProof.id, modelId, context, salt, input, output };
      const { attestation, answer } = buildOpen(model.layout, run, ZERO_HASH);
      const uid = attestationUid(client.deployment.chainId, registry.address, attestation);
      const { proof } = await prove(proving, { input, output, uid }, onDoing);
      const evidence = encodeEvidence(input, output, proof);
      const args = [zkProof.id, modelId, attestation.inputHash, context, answer, evidence] as const;
      return {
        ...{ attestation, answer, output },
        call: callOf({ ...registry, functionName: "attest", args }),
        bond: { holder: contractOf(client, zkProof).address, amount: 0n },
        cost: 0n,
      };
    },
  };
}
